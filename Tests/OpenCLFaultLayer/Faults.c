#include "Faults.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_FAULTS 32

struct rule {
  char entry[64];
  unsigned long index;
  bool goes_on;
  struct fault fault;
};

static struct rule rules[MOST_FAULTS];
static size_t rule_count;

static const struct {
  const char *word;
  enum fault_action action;
} actions[] = {
    {"error", FAULT_ERROR},   {"delay", FAULT_DELAY},     {"hang", FAULT_HANG},
    {"spin", FAULT_SPIN},     {"corrupt", FAULT_CORRUPT}, {"status", FAULT_STATUS},
    {"answer", FAULT_ANSWER}, {"count", FAULT_COUNT},
};

static bool parse(const char *text, struct rule *rule) {
  char when[24], action[16];
  int used = 0;
  if (sscanf(text, "%63[^@]@%23[^=]=%15[a-z]%n", rule->entry, when, action, &used) != 3) return false;
  char *end = when;
  rule->index = strtoul(when, &end, 10);
  rule->goes_on = *end == '+';
  if (rule->index == 0 || end[rule->goes_on] != '\0') return false;
  for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
    if (strcmp(action, actions[i].word) == 0) rule->fault.action = actions[i].action;
  }
  if (text[used] == ':') {
    snprintf(rule->fault.word, sizeof rule->fault.word, "%s", text + used + 1);
    rule->fault.number = strtod(rule->fault.word, NULL);
  } else if (text[used] != '\0') {
    return false;
  }
  return rule->fault.action != FAULT_NONE;
}

void faults_load(void) {
  const char *variable = getenv("OPENCL_FAULTS");
  char *text = strdup(variable ? variable : "");
  char *rest = text;
  for (char *part; text && (part = strtok_r(rest, ",", &rest));) {
    if (rule_count == MOST_FAULTS || !parse(part, &rules[rule_count])) {
      fprintf(stderr, "fault layer: cannot understand '%s' in OPENCL_FAULTS\n", part);
      abort();
    }
    rule_count++;
  }
  free(text);
}

struct fault fault_for(const char *entry, unsigned long index) {
  for (size_t i = 0; i < rule_count; i++) {
    const struct rule *rule = &rules[i];
    if (strcmp(rule->entry, entry) != 0) continue;
    if (rule->index == index || (rule->goes_on && rule->index < index)) return rule->fault;
  }
  return (struct fault){FAULT_NONE};
}

void corrupt_bytes(const struct fault *fault, void *bytes, size_t size) {
  size_t count = size / sizeof(float);
  if (fault->action != FAULT_CORRUPT || count <= 1) return;
  // Copied in and out: the destination may lie anywhere.
  char *middle = (char *)bytes + count / 2 * sizeof(float);
  if (strcmp(fault->word, "bit") == 0) {
    middle[3] ^= 0x40;
  } else if (strcmp(fault->word, "nan") == 0) {
    const uint32_t bits = 0x7fc00000;
    memcpy(middle, &bits, sizeof bits);
  } else {
    for (size_t i = 0; i < count; i++) {
      float value;
      memcpy(&value, (char *)bytes + i * sizeof value, sizeof value);
      value *= 1.25f;
      memcpy((char *)bytes + i * sizeof value, &value, sizeof value);
    }
  }
}

void replace_answer(const struct fault *fault, size_t size, void *value, size_t *needed) {
  if (fault->action != FAULT_ANSWER) return;
  size_t text_size = (size_t)fault->number;
  if (text_size > 0) {
    if (needed) *needed = text_size;
    if (!value || size < text_size) return;
    memset(value, 'x', text_size);
    for (size_t i = 79; i < text_size; i += 80) ((char *)value)[i] = '\n';
    ((char *)value)[text_size - 1] = '\0';
  } else if (strcmp(fault->word, "empty") == 0) {
    if (needed) *needed = 0;
    if (value) memset(value, 0, size);
  } else if (strcmp(fault->word, "huge") == 0) {
    const uint64_t huge = UINT64_C(1) << 63;
    if (needed) *needed = (size_t)huge;
    for (size_t i = 0; value && i + sizeof huge <= size; i += sizeof huge) {
      memcpy((char *)value + i, &huge, sizeof huge);
    }
    if (value && size < sizeof huge) memset(value, 0x7f, size);
  } else {
    const bool is_zero = strcmp(fault->word, "zero") == 0;
    const bool is_ones = strcmp(fault->word, "ones") == 0;
    if (value) memset(value, is_zero ? 0 : is_ones ? 0xff : 0xfe, size);
  }
}
