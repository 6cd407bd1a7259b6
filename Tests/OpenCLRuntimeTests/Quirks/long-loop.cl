// Counts its own rounds. llvmpipe ends every loop of a work-item, nested or not, once they have gone
// through 65,535 rounds together, and goes on as if they had come to their end (gallivm,
// LP_MAX_TGSI_LOOP_ITERATIONS: “shared between every loop”).
__kernel void long_loop(__global int *counted, int outer, int inner)
{
  int count = 0;
  for (int i = 0; i < outer; i++)
    for (int j = 0; j < inner; j++) count += counted[1 + (j & 1)];
  counted[0] = count;
}
