// A whole network in one launch, for devices of CPU type whose groups run on threads: what each
// operation's kernel computes, in tiles that the groups claim one by one.
//
// It stands behind the operations' files in one program and calls their functions; the bits are
// those of a launch a step.
//
// The host cuts each step into tiles of an image, or of a few images that share the weights that they stream in,
// and puts all tiles in one order, in which a step comes after those that it awaits. A group looks at the next tile,
// waits until the awaited steps are done with those images, claims the tile by a counter, computes it, and adds to
// what is done of its step and images. What a tile waits for was claimed before, hence by a group that is running:
// no cycle, however many groups run at once, and one alone computes everything.
//
// A convolution's channel blocks are taken from their tile one by one, by a counter of the tile, and a group that
// waits takes some of the tiles that it waits for. So all groups are done with a step at much the same time,
// while a tile's input is normalised once, and once more by each group that helps.
//
// Threads that wait in a loop take the processors from those that they wait for where there are more
// threads than processors to run them. So a group that has waited long stops the launch: all end
// after the tile that they are at, and the host launches again. Nothing is then under way and the
// next tile is ready: each launch goes on by one tile at least.
//
// Memory order: the adding releases, the waiting acquires, and additions to one counter form one
// release sequence (OpenCL 3.0, 3.3.6.2). So a group sees what all awaited tiles wrote, and what was
// written before those began.
//
// The last group to end says how far the launch got. After the last tile it sets the counters back,
// and looks whether every tile was computed: a driver that ends loops early must not pass unnoticed.
//
// Launch: any number of groups of 1; best a few for each thread.
#ifndef LOOKS
#define LOOKS 262144  // looks at the next tile before the launch is stopped: a third of a millisecond
#endif

// Numbers of `network_step.operation`; the same as NetworkStep's (Swift).
#define STEP_CONVOLUTION 0
#define STEP_DENSE_CONVOLUTION 1
#define STEP_MAX_POOL 2
#define STEP_MOMENTS 3
#define STEP_COEFFICIENTS 4
#define STEP_GLOBAL_AVG_POOL 5
#define STEP_LINEAR 6
#define STEP_WINOGRAD_CONVOLUTION 7
#define STEP_POINTWISE_CONVOLUTION 8

// Where an operand of an image lies: floats into `memory`, and from one image to the next.
typedef struct {
  long offset, stride;
} operand;

// Where a parameter lies: floats into one of the weights' buffers.
typedef struct {
  long offset, buffer;
} parameter;

// One step, as the host writes it. What an operation has no use for is 0.
typedef struct {
  operand x, coefficients, residual, y, partials;
  parameter weight, bias;
  int4 work;    // operation; tiles of an image; first of its `awaited`, their number
  int4 count;   // first claim; channel blocks or tiles that make an image done
  int4 cut;     // images a tile; channels, groups or outputs a tile; padding: top, left
  int4 in;      // height, width, channels, pixel stride
  int4 out;     // height, width, channels, pixel stride
  int4 window;  // kernel or window, stride, dilation, FLAG_… bits; the norm's groups
  int4 tile;    // as the operation takes it
  float4 activation;
  float4 epsilon;  // the first is the norm's
} network_step;

// Counters in `progress`, each kind on cache lines of its own. Behind what is done of each step and image come
// the channel blocks taken of each tile, in the claims' order.
enum { NEXT_CLAIM = 0, GROUPS_ENDED = 16, STOPPED = 32, STATUS = 33, DONE = 48 };

// What STATUS says after a launch; the same as NetworkLaunch's (Swift).
enum { FINISHED = 0, TO_BE_CONTINUED = 1, TILES_MISSING = 2 };

typedef volatile __global atomic_int *counter;

static inline int current(counter c)
{
  return atomic_load_explicit(c, memory_order_acquire, memory_scope_device);
}

static inline void set(counter c, int value)
{
  atomic_store_explicit(c, value, memory_order_relaxed, memory_scope_device);
}

// Adds; everything written before is seen by who sees the sum. Returns what was there before.
static inline int add(counter c, int value)
{
  return atomic_fetch_add_explicit(c, value, memory_order_acq_rel, memory_scope_device);
}

// Claims a tile, if no other group did so first.
static inline bool claim_tile(counter next, int claim)
{
  return atomic_compare_exchange_strong_explicit(
      next, &claim, claim + 1, memory_order_acq_rel, memory_order_acquire, memory_scope_device);
}

// The images of a tile, the `part`th of its step: the first, and the end.
static inline int2 images_of(__global const network_step *step, int part, int images)
{
  const int first = part * step->cut.x;
  return (int2)(first, min(first + step->cut.x, images));
}

// A step that a step awaits and that is not done with one of some images, and that image; (-1, 0) if there is none.
static inline int2 missing_step(
    __global const network_step *steps, int s, __global const int *awaited, counter done,
    int2 some, int images)
{
  const int4 work = steps[s].work;
  for (int k = work.z; k < work.z + work.w; k++) {
    for (int image = some.x; image < some.y; image++) {
      if (current(done + awaited[k] * images + image) < steps[awaited[k]].count.y)
        return (int2)(awaited[k], image);
    }
  }
  return (int2)(-1, 0);
}

// What the last group to end leaves behind.
static inline void end_launch(__global const network_step *steps, counter progress, int4 sizes)
{
  const counter done = progress + DONE, taken = done + sizes.y * sizes.z;
  const bool is_last = current(progress + NEXT_CLAIM) >= sizes.x;
  int status = is_last ? FINISHED : TO_BE_CONTINUED;
  if (is_last) {
    for (int s = 0; s < sizes.y; s++) {
      for (int image = 0; image < sizes.z; image++) {
        if (current(done + s * sizes.z + image) != steps[s].count.y) status = TILES_MISSING;
        set(done + s * sizes.z + image, 0);
      }
    }
    for (int claim = 0; claim < sizes.x; claim++) set(taken + claim, 0);
    set(progress + NEXT_CLAIM, 0);
  }
  set(progress + STATUS, status);
  set(progress + STOPPED, 0);
  set(progress + GROUPS_ENDED, 0);
}

static inline bool is_convolution(__global const network_step *step)
{
  return step->work.x == STEP_CONVOLUTION || step->work.x == STEP_DENSE_CONVOLUTION ||
         step->work.x == STEP_WINOGRAD_CONVOLUTION || step->work.x == STEP_POINTWISE_CONVOLUTION;
}

// How many channel blocks a convolution has.
static inline int channel_blocks_of(__global const network_step *step)
{
  return channel_blocks(0, step->out.w, step->out.w).y;
}

// Where a step's operands lie for an image, and what it is told.
#define OPERANDS_OF(step, image)                                                                   \
  __global const float *x = memory + (step)->x.offset + (image) * (step)->x.stride;                \
  __global const float *coefficients =                                                             \
      memory + (step)->coefficients.offset + (image) * (step)->coefficients.stride;                \
  __global const float *residual =                                                                 \
      memory + (step)->residual.offset + (image) * (step)->residual.stride;                        \
  __global float *y = memory + (step)->y.offset + (image) * (step)->y.stride;                      \
  __global float *partials = memory + (step)->partials.offset + (image) * (step)->partials.stride; \
  const int4 in = (step)->in, out = (step)->out, window = (step)->window, tile = (step)->tile;     \
  const int4 cut = (step)->cut;                                                                    \
  const float4 activation = (step)->activation;

// Each form of a convolution is a function that the compiler leaves one: it gives out registers a function at a time,
// and inner loops that share them spill. They compute some channel blocks, `run`, of tile `group.x` for some images.
// Operations see those images alone, and but for Winograd's that is one.
#define CONVOLUTION_FORM(name, CALL)                                                         \
  static __attribute__((noinline)) void name(                                                \
      __global const network_step *step, int4 group, int2 some, int2 run, later_tile later,  \
      __global float *memory, __global const float *weights, __local float *patch)           \
  {                                                                                          \
    OPERANDS_OF(step, some.x)                                                                \
    CALL;                                                                                    \
  }
#define GROUP_OF(images) (int4)(group.x, images, step->work.y, group.w)

static inline image_strides strides_of(__global const network_step *step)
{
  return (image_strides){step->x.stride, step->coefficients.stride, step->residual.stride,
                         step->y.stride, step->partials.stride};
}

CONVOLUTION_FORM(compute_windows, conv2d_tile(
    0, GROUP_OF(0), run, later, x, weights, coefficients, residual, y, partials, patch, in, out,
    window, cut.zw, tile, activation))
CONVOLUTION_FORM(compute_dense, conv2d_tile(
    1, GROUP_OF(0), run, later, x, weights, coefficients, residual, y, partials, patch, in, out,
    window, cut.zw, tile, activation))
CONVOLUTION_FORM(compute_pointwise, pointwise_tile(
    GROUP_OF(0), run, later, x, weights, coefficients, residual, y, partials, patch, in, out, window,
    tile, activation))
CONVOLUTION_FORM(compute_winograd, winograd_tile(
    GROUP_OF(some.y - some.x), run, later, strides_of(step), x, weights, coefficients, residual, y,
    partials, patch, in, out, window.w, cut.zw, tile, activation))

// Computes tile `t` of a step for some images, or of a convolution's tile what is not taken. Returns how many
// channel blocks that was, or 1.
static inline int compute_tile(
    __global const network_step *step, int t, int2 some, __global float *memory,
    later_tile later, __global const float *weights, __global const float *bias, __local float *patch,
    counter taken)
{
  if (is_convolution(step)) {
    // First the patch alone: blocks are taken by who can begin with them.
    int4 group = (int4)(t, 0, 0, 0);
    int2 run = (int2)(0, 0);
    for (int computed = 0;; computed++, group.w = 1) {
      switch (step->work.x) {
        case STEP_CONVOLUTION:
          compute_windows(step, group, some, run, later, memory, weights, patch);
          break;
        case STEP_DENSE_CONVOLUTION:
          compute_dense(step, group, some, run, later, memory, weights, patch);
          break;
        case STEP_WINOGRAD_CONVOLUTION:
          compute_winograd(step, group, some, run, later, memory, weights, patch);
          break;
        case STEP_POINTWISE_CONVOLUTION:
          compute_pointwise(step, group, some, run, later, memory, weights, patch);
          break;
      }
      run.x = add(taken, 1);
      run.y = run.x + 1;
      if (run.y > channel_blocks_of(step)) return computed;
    }
  }

  OPERANDS_OF(step, some.x)
  switch (step->work.x) {
    case STEP_MAX_POOL:
      for (int ox = 0; ox < out.y; ox++)
        for (int c = 0; c < out.w; c += CHANNELS)
          max_pool_pixel(c, ox, t, 0, x, coefficients, y, in, out, window, cut.zw, activation);
      break;
    case STEP_MOMENTS:
      for (int c = 0; c < in.w; c += CHANNELS)
        moments_of_pixels(c, t, 0, x, partials, in.x * in.y, in.w, tile.y, tile.w);
      break;
    case STEP_COEFFICIENTS:
      for (int g = t * cut.y; g < min((t + 1) * cut.y, window.x); g++)
        coefficients_of_group(g, 0, 0, patch, partials, weights, bias, y, in.xy, tile,
                              (int4)(in.zw, window.x, 0), step->epsilon.x);
      break;
    case STEP_GLOBAL_AVG_POOL:
      for (int c = t * cut.y; c < min((t + 1) * cut.y, out.w); c += CHANNELS)
        global_avg_pool_channels(c, 0, x, coefficients, y, in.x * in.y, in.z, in.w, out.w,
                                 window.w, activation);
      break;
    case STEP_LINEAR:
      for (int o = t * cut.y; o < min((t + 1) * cut.y, out.w); o++)
        linear_output(o, 0, 0, patch, x, weights, bias, y, in.z, out.z, in.w, out.w);
      break;
  }
  return 1;
}

static inline __global const float *find(
    parameter p, __global const float *w0, __global const float *w1, __global const float *w2,
    __global const float *w3)
{
  return (p.buffer == 0 ? w0 : p.buffer == 1 ? w1 : p.buffer == 2 ? w2 : w3) + p.offset;
}

// The tile that comes `further` claims after one of a step: the `part`th of its parts, tile `t`.
static inline later_tile tile_after(
    __global const network_step *step, int part, int t, int further, __global const float *memory,
    int images)
{
  const int claim = part * step->work.y + t + further;
  const int image = claim / step->work.y * step->cut.x;
  later_tile later = {0, claim % step->work.y};
  if (image < images) later.x = memory + step->x.offset + image * step->x.stride;
  return later;
}

// The tile of which channel blocks can be taken, of a step and image whose first tile's counter is `taken`; -1 if
// there is none.
static inline int tile_to_help(__global const network_step *step, counter taken)
{
  if (!is_convolution(step)) return -1;
  for (int t = 0; t < step->work.y; t++) {
    if (current(taken + t) < channel_blocks_of(step)) return t;
  }
  return -1;
}

__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void network_vector(
    __global float *restrict memory, __global const float *restrict w0,
    __global const float *restrict w1, __global const float *restrict w2,
    __global const float *restrict w3, __global const network_step *restrict steps,
    __global const int *restrict awaited, counter progress, __local float *restrict patch,
    int4 sizes)  // claims, steps, images, groups that run at once
{
  const counter done = progress + DONE, taken = done + sizes.y * sizes.z;
  int next = 0, looks = 0, idle = -1;  // the claim before which there is nothing to help
  while (!current(progress + STOPPED)) {
    const int claim = current(progress + NEXT_CLAIM);
    if (claim >= sizes.x) break;
    while (next + 1 < sizes.y && claim >= steps[next + 1].count.x) next++;
    int s = next, part = (claim - steps[s].count.x) / steps[s].work.y, t;
    const int2 missing =
        missing_step(steps, s, awaited, done, images_of(steps + s, part, sizes.z), sizes.z);
    if (missing.x < 0) {
      if (!claim_tile(progress + NEXT_CLAIM, claim)) continue;
      t = (claim - steps[s].count.x) % steps[s].work.y;
    } else {
      s = missing.x;
      part = missing.y / steps[s].cut.x;
      t = claim == idle ? -1
                        : tile_to_help(steps + s, taken + steps[s].count.x + part * steps[s].work.y);
      if (t < 0) {
        idle = claim;
        if (++looks == LOOKS) set(progress + STOPPED, 1);
        continue;
      }
    }
    looks = 0;
    __global const network_step *step = steps + s;
    const int2 some = images_of(step, part, sizes.z);
    const int computed =
        compute_tile(step, t, some, memory, tile_after(step, part, t, sizes.w, memory, sizes.z),
                     find(step->weight, w0, w1, w2, w3),
                     find(step->bias, w0, w1, w2, w3), patch,
                     taken + step->count.x + part * step->work.y + t);
    for (int image = some.x; image < some.y; image++) add(done + s * sizes.z + image, computed);
  }
  if (add(progress + GROUPS_ENDED, 1) + 1 == (int)get_num_groups(0))
    end_launch(steps, progress, sizes);
}
