#define LANES 4
#define TARGET
#define PASS(name) name##_baseline
#include "passes.h"
