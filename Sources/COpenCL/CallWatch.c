#include <stdlib.h>

#include "CallWatch.h"
#include "COpenCL.h"

_Thread_local struct bitcl_call_watch *bitcl_thread_watch;

bitcl_call_watch *bitcl_call_watch_create(void) { return calloc(1, sizeof(bitcl_call_watch)); }

void bitcl_call_watch_destroy(bitcl_call_watch *watch) { free(watch); }

bitcl_call_watch *bitcl_call_watch_attach(bitcl_call_watch *watch) {
  bitcl_call_watch *before = bitcl_thread_watch;
  bitcl_thread_watch = watch;
  return before;
}

const char *bitcl_call_watch_look(bitcl_call_watch *watch, uint64_t *count) {
  *count = atomic_load_explicit(&watch->count, memory_order_acquire);
  const char *call = atomic_load_explicit(&watch->call, memory_order_acquire);
  // A call that began in between has only begun.
  return atomic_load_explicit(&watch->count, memory_order_acquire) == *count ? call : NULL;
}

void bitcl_call_watch_revoke(bitcl_call_watch *watch, bool releases) {
  atomic_store_explicit(&watch->revoked, releases ? REVOKED_ALL : REVOKED_USE,
                        memory_order_release);
}
