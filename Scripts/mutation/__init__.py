"""Mutation testing of the OpenCL kernels: see Scripts/mutate-kernels."""
