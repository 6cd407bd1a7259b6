// y[i] = value for i < count.
// Launch: at least `count` work-items in one dimension, any work-group.
kernel void fill(global float *restrict y, const float value, const int count) {
  const size_t i = get_global_id(0);
  if (i < (size_t)count) y[i] = value;
}
