// A whole network in one launch, for devices of CPU type whose groups run on threads: what each
// operation's kernel computes, in tiles that the groups claim one by one.
//
// It stands behind the operations' files in one program and calls their functions; the bits are
// those of a launch a step.
//
// The host cuts each step into tiles of an image and puts all tiles in one order (`segments`), in
// which a step comes after those that it awaits. A group claims the next tile by a counter, waits
// until the awaited steps are done with that image, computes, and adds one to the tiles done of its
// step and image. What a group waits for was claimed before, hence by a group that is running: no
// cycle, however many groups run at once, and one alone computes everything in order.
//
// Memory order: the adding releases, the waiting acquires, and additions to one counter form one
// release sequence (OpenCL 3.0, 3.3.6.2). So a group sees what all awaited tiles wrote, and what was
// written before those began.
//
// The last group to end sets the counters back, for the next launch, and looks whether every tile was
// computed: a driver that ends loops early must not pass unnoticed.
//
// Launch: any number of groups of 1; best a few for each thread.
#ifndef SPIN_LIMIT
#define SPIN_LIMIT 0x7FFFFFFF  // looks at a counter before the wait counts as lost (seconds)
#endif

// Numbers of `network_step.operation`; the same as NetworkStep's (Swift).
#define STEP_CONVOLUTION 0
#define STEP_DENSE_CONVOLUTION 1
#define STEP_MAX_POOL 2
#define STEP_MOMENTS 3
#define STEP_COEFFICIENTS 4
#define STEP_GLOBAL_AVG_POOL 5
#define STEP_LINEAR 6

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
  int4 cut;     // tiles along the first axis; channels, groups or outputs a tile; padding: top, left
  int4 in;      // height, width, channels, pixel stride
  int4 out;     // height, width, channels, pixel stride
  int4 window;  // kernel or window, stride, dilation, FLAG_… bits; the norm's groups
  int4 tile;    // as the operation takes it
  float4 activation;
  float4 epsilon;  // the first is the norm's
} network_step;

// Counters in `progress`, each kind on cache lines of its own.
enum { NEXT_CLAIM = 0, GROUPS_ENDED = 16, FAILURES = 32, TILES_DONE = 48 };

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

// Whether `tiles` got done before the wait was given up, here or by another group.
static inline bool wait_for(counter done, int tiles, counter failures)
{
  for (int looks = 0; looks < SPIN_LIMIT; looks++) {
    if (current(done) >= tiles) return true;
    if (looks % 1024 == 1023 && current(failures) > 0) return false;
  }
  return current(done) >= tiles;
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

  switch (step->work.x) {
    case STEP_CONVOLUTION:
      conv2d_tile(0, (int4)(t % cut.x, t / cut.x, 0, tiles), x, weights, coefficients, residual, y,
                  partials, patch, in, out, window, cut.zw, tile, activation);
      break;
    case STEP_DENSE_CONVOLUTION:
      conv2d_tile(1, (int4)(t % cut.x, t / cut.x, 0, tiles), x, weights, coefficients, residual, y,
                  partials, patch, in, out, window, cut.zw, tile, activation);
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
    __global float *memory, __global const float *w0, __global const float *w1,
    __global const float *w2, __global const float *w3, __global const network_step *steps,
    __global const int *awaited,
    __global const int4 *segments,  // first claim, step, first image; one more with the end
    counter progress, __local float *patch,
    int4 sizes)  // claims, segments, steps, images
{
  const counter done = progress + TILES_DONE, failures = progress + FAILURES;
  int segment = 0;
  while (true) {
    const int claim = increment(progress + NEXT_CLAIM);
    if (claim >= sizes.x) break;
    while (claim >= segments[segment + 1].x) segment++;
    const int4 from = segments[segment];
    __global const network_step *step = steps + from.y;
    const int image = from.z + (claim - from.x) / step->work.y;
    bool is_ready = true;
    for (int k = 0; k < step->work.w && is_ready; k++) {
      const int other = awaited[step->work.z + k];
      is_ready = wait_for(done + other * sizes.w + image, steps[other].work.y, failures);
    }
    if (!is_ready) {
      increment(failures);
      break;
    }
    compute_tile(step, (claim - from.x) % step->work.y, image, memory,
                 find(step->weight, w0, w1, w2, w3), find(step->bias, w0, w1, w2, w3), patch);
    increment(done + from.y * sizes.w + image);
  }

  if (increment(progress + GROUPS_ENDED) + 1 < (int)get_num_groups(0)) return;
  for (int s = 0; s < sizes.z; s++) {
    for (int image = 0; image < sizes.w; image++) {
      if (current(done + s * sizes.w + image) != steps[s].work.y) increment(failures);
      set(done + s * sizes.w + image, 0);
    }
  }
  set(progress + NEXT_CLAIM, 0);
  set(progress + GROUPS_ENDED, 0);
}
