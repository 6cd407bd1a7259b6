// The watch on a thread's calls, as seen from the calls.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum call_watch_revocation { REVOKED_NOTHING, REVOKED_USE, REVOKED_ALL };

struct bitcl_call_watch {
  _Atomic(const char *) call;
  _Atomic(uint64_t) count;
  _Atomic(int) revoked;
};

extern _Thread_local struct bitcl_call_watch *bitcl_thread_watch;

// Says that a call begins. Returns false if it must not be made.
static inline bool call_begins(struct bitcl_call_watch *watch, const char *name, bool releases) {
  if (!watch) return true;
  int revoked = atomic_load_explicit(&watch->revoked, memory_order_acquire);
  if (revoked == REVOKED_ALL || (revoked == REVOKED_USE && !releases)) return false;
  uint64_t count = atomic_load_explicit(&watch->count, memory_order_relaxed);
  atomic_store_explicit(&watch->count, count + 1, memory_order_release);
  atomic_store_explicit(&watch->call, name, memory_order_release);
  return true;
}

static inline void call_ended(struct bitcl_call_watch *watch) {
  if (watch) atomic_store_explicit(&watch->call, NULL, memory_order_release);
}
