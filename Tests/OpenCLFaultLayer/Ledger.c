#include "Ledger.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LINE 64
#define DIGITS 12
#define MOST_ENTRIES 128

static const char *const object_names[LEDGER_OBJECTS] = {"context", "queue",  "memory",
                                                         "program", "kernel", "event"};
static const char *const direction_names[LEDGER_DIRECTIONS] = {"written", "read", "copied"};

// One number of the ledger and its line of the file, if there is one.
struct entry {
  long number;
  char *line;
};

static struct entry calls[MOST_ENTRIES];
static struct entry live[LEDGER_OBJECTS], made[LEDGER_OBJECTS];
static struct entry bytes[LEDGER_DIRECTIONS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void add(struct entry *entry, long difference) {
  entry->number += difference;
  if (!entry->line) return;
  char digits[DIGITS + 2];
  // A negative number, which means that too much was given back, keeps its sign.
  int width = snprintf(digits, sizeof digits, "%0*ld", DIGITS, entry->number);
  if (width == DIGITS) memcpy(entry->line + LINE - 1 - DIGITS, digits, DIGITS);
}

static char *place(char *file, int *line, struct entry *entry, const char *group,
                   const char *name) {
  if (!file) return NULL;
  char *text = file + (size_t)(*line)++ * LINE;
  char padded[LINE + 1];
  snprintf(padded, sizeof padded, "%s %-*s %0*d\n", group,
           LINE - DIGITS - 3 - (int)strlen(group), name, DIGITS, 0);
  memcpy(text, padded, LINE);
  entry->line = text;
  return text;
}

static char *map(const char *path, size_t size) {
  int descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  void *file = MAP_FAILED;
  if (descriptor >= 0 && ftruncate(descriptor, (off_t)size) == 0) {
    file = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  }
  if (file == MAP_FAILED) {
    perror("fault layer: OPENCL_FAULTS_LEDGER");
    abort();
  }
  close(descriptor);
  return file;
}

void ledger_open(const char *const *entries, int count) {
  if (count > MOST_ENTRIES) abort();
  const char *path = getenv("OPENCL_FAULTS_LEDGER");
  size_t lines = (size_t)count + 2 * LEDGER_OBJECTS + LEDGER_DIRECTIONS;
  char *file = path ? map(path, lines * LINE) : NULL;
  int line = 0;
  for (int i = 0; i < count; i++) place(file, &line, &calls[i], "calls", entries[i]);
  for (int i = 0; i < LEDGER_OBJECTS; i++) {
    place(file, &line, &live[i], "live", object_names[i]);
    place(file, &line, &made[i], "made", object_names[i]);
  }
  for (int i = 0; i < LEDGER_DIRECTIONS; i++) {
    place(file, &line, &bytes[i], "bytes", direction_names[i]);
  }
}

unsigned long ledger_call(int entry) {
  pthread_mutex_lock(&lock);
  add(&calls[entry], 1);
  unsigned long index = (unsigned long)calls[entry].number;
  pthread_mutex_unlock(&lock);
  return index;
}

void ledger_object(enum ledger_object object, long references) {
  pthread_mutex_lock(&lock);
  add(&live[object], references);
  if (references > 0) add(&made[object], references);
  pthread_mutex_unlock(&lock);
}

void ledger_bytes(enum ledger_direction direction, unsigned long count) {
  pthread_mutex_lock(&lock);
  add(&bytes[direction], (long)count);
  pthread_mutex_unlock(&lock);
}
