"""The peers, each with what its makers advise for CPUs. Every one is given the number of threads."""

import numpy


class OnnxRuntime:
    def __init__(self, model, threads):
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.version = onnxruntime.__version__
        self.session = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"])

    def runner(self, shape, pixels):
        return lambda: self.session.run(None, {"pixels": pixels})[0]


class OpenVINO:
    """hint: LATENCY or THROUGHPUT. requests: so many single images at a time, instead of one batch."""

    def __init__(self, model, threads, hint, requests=False):
        import openvino
        self.openvino = openvino
        self.version = openvino.__version__.split("-")[0]
        self.core = openvino.Core()
        self.model = model
        self.requests = requests
        self.settings = {"PERFORMANCE_HINT": hint, "INFERENCE_PRECISION_HINT": "f32",
                         "INFERENCE_NUM_THREADS": threads}

    def compile(self, shape):
        model = self.core.read_model(self.model)
        model.reshape(list(shape))
        return self.core.compile_model(model, "CPU", self.settings)

    def runner(self, shape, pixels):
        if not self.requests:
            request = self.compile(shape).create_infer_request()
            return lambda: request.infer({0: pixels})[0]
        queue = self.openvino.AsyncInferQueue(self.compile((1,) + shape[1:]))
        images = [pixels[i:i + 1] for i in range(shape[0])]
        results = [None] * shape[0]

        def keep(request, place):
            results[place] = request.get_output_tensor(0).data.copy()

        queue.set_callback(keep)

        def run():
            for place, image in enumerate(images):
                queue.start_async({0: image}, place)
            queue.wait_all()
            return numpy.concatenate(results)

        return run


class Transformers:
    """compiles: torch.compile with the weights frozen in."""

    def __init__(self, folder, threads, compiles=False, double=False):
        import torch
        import transformers
        from . import models
        torch.set_num_threads(threads)
        self.torch = torch
        self.version = f"{transformers.__version__} on PyTorch {torch.__version__.split('+')[0]}"
        self.model = models.load(folder)
        if double:
            self.model = self.model.double()
        self.compiles = compiles
        self.double = double

    def runner(self, shape, pixels):
        torch = self.torch
        tensor = torch.from_numpy(pixels)
        if self.double:
            tensor = tensor.double()
        model = self.model
        if self.compiles:
            import torch._inductor.config
            torch._inductor.config.freezing = True
            torch._dynamo.reset()
            model = torch.compile(self.model, dynamic=False)

        def run():
            with torch.no_grad():
                return model(tensor).logits.numpy()

        return run


def make(kind, model, folder, threads):
    return {
        "onnxruntime": lambda: OnnxRuntime(model, threads),
        "openvino-latency": lambda: OpenVINO(model, threads, "LATENCY"),
        "openvino-batch": lambda: OpenVINO(model, threads, "THROUGHPUT"),
        "openvino-requests": lambda: OpenVINO(model, threads, "THROUGHPUT", requests=True),
        "transformers": lambda: Transformers(folder, threads),
        "transformers-compiled": lambda: Transformers(folder, threads, compiles=True),
        "transformers-double": lambda: Transformers(folder, threads, double=True),
    }[kind]()
