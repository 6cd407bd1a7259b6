// A whole network in one launch, for devices of CPU type whose groups run on threads: what each
// operation's kernel computes, in tiles that the groups claim one by one.
//
// It stands behind the operations' files in one program and calls their functions; the bits are
// those of a launch a step.
//
// The host cuts each step into tiles of an image and puts all tiles in one order (`segments`), in
// which a step comes after those that it awaits. A group looks at the next tile, waits until the
// awaited steps are done with that image, claims the tile by a counter, computes it, and adds one to
// the tiles done of its step and image. What a tile waits for was claimed before, hence by a group
// that is running: no cycle, however many groups run at once, and one alone computes everything.
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
  int4 cut;     // tiles along the first axis; channels, groups or outputs a tile, or whether tiles along
                // the second axis come one after the other; padding: top, left
  int4 in;      // height, width, channels, pixel stride
  int4 out;     // height, width, channels, pixel stride
  int4 window;  // kernel or window, stride, dilation, FLAG_… bits; the norm's groups
  int4 tile;    // as the operation takes it
  float4 activation;
  float4 epsilon;  // the first is the norm's
} network_step;

// Counters in `progress`, each kind on cache lines of its own.
enum { NEXT_CLAIM = 0, GROUPS_ENDED = 16, STOPPED = 32, STATUS = 33, TILES_DONE = 48 };

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

// Adds one; everything written before is seen by who sees the sum.
static inline int increment(counter c)
{
  return atomic_fetch_add_explicit(c, 1, memory_order_acq_rel, memory_scope_device);
}

// Claims a tile, if no other group did so first.
static inline bool claim_tile(counter next, int claim)
{
  return atomic_compare_exchange_strong_explicit(
      next, &claim, claim + 1, memory_order_acq_rel, memory_order_acquire, memory_scope_device);
}

// Whether the steps that `step` awaits are done with an image.
static inline bool is_ready(
    __global const network_step *steps, __global const network_step *step,
    __global const int *awaited, counter done, int image, int images)
{
  for (int k = step->work.z; k < step->work.z + step->work.w; k++) {
    if (current(done + awaited[k] * images + image) < steps[awaited[k]].work.y) return false;
  }
  return true;
}

// What the last group to end leaves behind.
static inline void end_launch(__global const network_step *steps, counter progress, int4 sizes)
{
  const counter done = progress + TILES_DONE;
  const bool is_last = current(progress + NEXT_CLAIM) >= sizes.x;
  int status = is_last ? FINISHED : TO_BE_CONTINUED;
  if (is_last) {
    for (int s = 0; s < sizes.z; s++) {
      for (int image = 0; image < sizes.w; image++) {
        if (current(done + s * sizes.w + image) != steps[s].work.y) status = TILES_MISSING;
        set(done + s * sizes.w + image, 0);
      }
    }
    set(progress + NEXT_CLAIM, 0);
  }
  set(progress + STATUS, status);
  set(progress + STOPPED, 0);
  set(progress + GROUPS_ENDED, 0);
}

// Computes tile `t` of a step for an image. The operations see that image alone.
static inline void compute_tile(
    __global const network_step *step, int t, int image, __global float *memory,
    __global const float *weights, __global const float *bias, __local float *patch)
{
  __global const float *x = memory + step->x.offset + image * step->x.stride;
  __global const float *coefficients =
      memory + step->coefficients.offset + image * step->coefficients.stride;
  __global const float *residual =
      memory + step->residual.offset + image * step->residual.stride;
  __global float *y = memory + step->y.offset + image * step->y.stride;
  __global float *partials = memory + step->partials.offset + image * step->partials.stride;
  const int4 in = step->in, out = step->out, window = step->window, tile = step->tile;
  const int4 cut = step->cut;
  const float4 activation = step->activation;
  const int tiles = step->work.y / max(cut.x, 1);
  // A convolution's run of channel blocks and its tile of pixels.
  const int4 group = cut.y ? (int4)(t / tiles, t % tiles, 0, tiles)
                           : (int4)(t % cut.x, t / cut.x, 0, tiles);

  switch (step->work.x) {
    case STEP_CONVOLUTION:
      conv2d_tile(0, group, x, weights, coefficients, residual, y,
                  partials, patch, in, out, window, cut.zw, tile, activation);
      break;
    case STEP_DENSE_CONVOLUTION:
      conv2d_tile(1, group, x, weights, coefficients, residual, y,
                  partials, patch, in, out, window, cut.zw, tile, activation);
      break;
    case STEP_WINOGRAD_CONVOLUTION:
      winograd_tile(group, x, weights, coefficients, residual, y,
                    partials, patch, in, out, window.w, cut.zw, tile, activation);
      break;
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
}

static inline __global const float *find(
    parameter p, __global const float *w0, __global const float *w1, __global const float *w2,
    __global const float *w3)
{
  return (p.buffer == 0 ? w0 : p.buffer == 1 ? w1 : p.buffer == 2 ? w2 : w3) + p.offset;
}

__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void network_vector(
    __global float *restrict memory, __global const float *restrict w0,
    __global const float *restrict w1, __global const float *restrict w2,
    __global const float *restrict w3, __global const network_step *restrict steps,
    __global const int *restrict awaited,
    __global const int4 *restrict segments,  // first claim, step, first image; one more with the end
    counter progress, __local float *restrict patch,
    int4 sizes)  // claims, segments, steps, images
{
  const counter done = progress + TILES_DONE;
  int segment = 0, looks = 0;
  while (!current(progress + STOPPED)) {
    const int claim = current(progress + NEXT_CLAIM);
    if (claim >= sizes.x) break;
    while (claim >= segments[segment + 1].x) segment++;
    const int4 from = segments[segment];
    __global const network_step *step = steps + from.y;
    const int image = from.z + (claim - from.x) / step->work.y;
    if (!is_ready(steps, step, awaited, done, image, sizes.w)) {
      if (++looks == LOOKS) set(progress + STOPPED, 1);
      continue;
    }
    if (!claim_tile(progress + NEXT_CLAIM, claim)) continue;
    looks = 0;
    compute_tile(step, (claim - from.x) % step->work.y, image, memory,
                 find(step->weight, w0, w1, w2, w3), find(step->bias, w0, w1, w2, w3), patch);
    increment(done + from.y * sizes.w + image);
  }
  if (increment(progress + GROUPS_ENDED) + 1 == (int)get_num_groups(0))
    end_launch(steps, progress, sizes);
}
