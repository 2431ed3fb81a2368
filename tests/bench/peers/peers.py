#!/usr/bin/env python3
"""The work of `nusselt bench` done by other programs on this machine, side by side.

    python3 peers.py                              every peer that is installed, 4x64, as many threads as processors
    python3 peers.py --only ns,4x64,fp32 --threads 1
    python3 peers.py --only all --json peers.json
    python3 peers.py --bench bench.json --peers jax-taylor,torch-nested

`nusselt bench --json --export` gives weights, points, loss, gradient and its own times; every peer then computes the loss
and the full gradient of the same residuals with the same weights and points, in a process of its own, on the same
processors. A peer whose loss or gradient norm is another one is marked and has no time. What is not installed is named
and skipped; this script itself needs nothing beyond Python 3.9.
"""

import argparse
import importlib.util
import json
import math
import os
import re
import resource
import statistics
import struct
import subprocess
import sys
import tempfile
import time

# name: packages it needs, what it is
PEERS = {
    "torch-nested": (["torch"], "torch.autograd.grad nested, as PINN codes do"),
    "deepxde-pytorch": (["deepxde", "torch"], "DeepXDE, PyTorch backend"),
    "deepxde-jax": (["deepxde", "jax", "flax", "optax"], "DeepXDE, JAX backend, jit"),
    "jax-nested": (["jax"], "grad of grad, vmap, jit"),
    "jax-jvp": (["jax"], "jvp of jvp, jit"),
    "jax-folx": (["jax", "folx"], "folx's forward Laplacian, jit"),
    "jax-folx-chunked": (["jax", "folx"], "the same, scanned over chunks, one XLA device per processor"),
    "jax-taylor": (["jax"], "Taylor jets by hand, jit"),
    "jax-taylor-chunked": (["jax"], "the same, scanned over chunks, one XLA device per processor"),
}
LIMIT = {"float32": 1e-5, "float64": 1e-10}
LONGEST_CHUNK = 256
# Without this glibc hands every temporary back to the system; `nusselt` sets the same for itself.
MALLOC = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 30)}


# ---- the work --------------------------------------------------------------------------------------------------------
def residuals(case, y, dx, dy, lap):
    """Columns of the outputs, of their first derivatives and Laplacians; the constants are those of `nusselt bench`."""
    if case == "ns":
        nu = 1 / 100  # Re = 100
    else:
        nu, kappa = math.sqrt(0.71 / 1e4), 1 / math.sqrt(0.71 * 1e4)  # Pr = 0.71, Ra = 1e4, velocity of free fall
    u, v = y[0], y[1]
    momentum_x = u * dx[0] + v * dy[0] + dx[2] - nu * lap[0]
    momentum_y = u * dx[1] + v * dy[1] + dy[2] - nu * lap[1]
    if case == "ns":
        return [dx[0] + dy[1], momentum_x, momentum_y]
    energy = u * dx[3] + v * dy[3] - kappa * lap[3]
    return [dx[0] + dy[1], momentum_x, momentum_y - y[3], energy]


def with_laplacian(case):
    """Outputs whose second derivatives occur."""
    return [0, 1] if case == "ns" else [0, 1, 3]


def read_safetensors(path):
    import numpy

    with open(path, "rb") as file:
        content = file.read()
    size = struct.unpack("<Q", content[:8])[0]
    tensors = {}
    for name, entry in json.loads(content[8 : 8 + size]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            data = numpy.frombuffer(content[8 + size + begin : 8 + size + end], {"F32": "<f4", "F64": "<f8"}[entry["dtype"]])
            tensors[name] = data.reshape(entry["shape"])
    return tensors


def load(row):
    tensors = read_safetensors(row["file"])
    layers = [(tensors[f"layer{i}.weight"], tensors[f"layer{i}.bias"]) for i in range(row["depth"] + 1)]
    return tensors["x"], layers


# ---- PyTorch ---------------------------------------------------------------------------------------------------------
def torch_nested(row, threads):
    import torch

    torch.set_num_threads(threads)
    x, layers = load(row)
    x = torch.tensor(x)
    parameters = [torch.tensor(p).requires_grad_(True) for layer in layers for p in layer]

    def step():
        points = x.detach().requires_grad_(True)
        a = points
        for i in range(0, len(parameters), 2):
            a = torch.nn.functional.linear(a, parameters[i], parameters[i + 1])
            if i + 2 < len(parameters):
                a = torch.tanh(a)
        gradient = lambda f: torch.autograd.grad(f.sum(), points, create_graph=True)[0]
        y = a.unbind(1)
        first = [gradient(f) for f in y]
        lap = {h: gradient(first[h][:, 0])[:, 0] + gradient(first[h][:, 1])[:, 1] for h in with_laplacian(row["case"])}
        r = residuals(row["case"], y, [g[:, 0] for g in first], [g[:, 1] for g in first], lap)
        loss = 0.5 * sum((e * e).mean() for e in r)
        return loss, torch.autograd.grad(loss, parameters)

    def read(result):
        return result[0].item(), math.sqrt(sum(float((g.double() ** 2).sum()) for g in result[1]))

    return step, read, {"torch": torch.__version__}


# ---- DeepXDE ---------------------------------------------------------------------------------------------------------
def deepxde(row, threads, backend):
    os.environ["DDE_BACKEND"] = backend
    if backend == "jax":
        import jax

        jax.config.update("jax_enable_x64", row["precision"] == "float64")
    import deepxde as dde
    import numpy

    dde.config.set_default_float(row["precision"])
    x, layers = load(row)
    case, outputs = row["case"], layers[-1][1].shape[0]

    def pde(at, y):
        only = (lambda value: value[0]) if backend == "jax" else (lambda value: value)
        d = lambda i, j: only(dde.grad.jacobian(y, at, i=i, j=j))
        dd = lambda i, j: only(dde.grad.hessian(y, at, component=i, i=j, j=j))
        values = only(y)
        columns = [values[:, h : h + 1] for h in range(outputs)]
        lap = {h: dd(h, 0) + dd(h, 1) for h in with_laplacian(case)}
        return residuals(case, columns, [d(h, 0) for h in range(outputs)], [d(h, 1) for h in range(outputs)], lap)

    data = dde.data.PDE(dde.geometry.Rectangle([-1, -1], [1, 1]), pde, [], num_domain=0, anchors=numpy.array(x))
    network = dde.nn.FNN([2] + [row["width"]] * row["depth"] + [outputs], "tanh", "Glorot normal")
    model = dde.Model(data, network)
    model.compile("adam", lr=1e-3, verbose=0)
    inputs, targets, auxiliary = data.train_next_batch()
    if len(inputs) != row["points"]:
        raise RuntimeError(f"DeepXDE trains on {len(inputs)} points")
    versions = {"deepxde": dde.__version__}
    if backend == "pytorch":
        import torch

        torch.set_num_threads(threads)
        with torch.no_grad():
            for linear, (weight, bias) in zip(network.linears, layers):
                linear.weight.copy_(torch.tensor(weight))
                linear.bias.copy_(torch.tensor(bias))
        parameters = list(network.parameters())

        def step():
            loss = 0.5 * model.outputs_losses_train(inputs, targets, auxiliary)[1].sum()
            return loss, torch.autograd.grad(loss, parameters)

        read = lambda result: (result[0].item(), math.sqrt(sum(float((g.double() ** 2).sum()) for g in result[1])))
        return step, read, {**versions, "torch": torch.__version__}

    import jax
    import jax.numpy as jnp

    state = {f"denses_{i}": {"kernel": jnp.array(w.T), "bias": jnp.array(b)} for i, (w, b) in enumerate(layers)}
    shapes = lambda tree: jax.tree_util.tree_map(lambda p: p.shape, tree)
    parameters = [{"params": state}, []]
    if shapes(model.params[0]) != shapes(parameters[0]):
        raise RuntimeError(f"the parameters of this DeepXDE have other names: {shapes(model.params[0])}")

    def loss_of(p):
        losses = model.outputs_losses_train(p, inputs, targets)[1]
        return 0.5 * jnp.sum(jnp.array(losses))

    compiled = jax.jit(jax.value_and_grad(loss_of))
    step = lambda: jax.block_until_ready(compiled(parameters))
    return step, read_jax, {**versions, "jax": jax.__version__}


# ---- JAX -------------------------------------------------------------------------------------------------------------
def read_jax(result):
    import jax
    import numpy

    leaves = jax.tree_util.tree_leaves(result[1])
    return float(result[0]), math.sqrt(sum(float((numpy.asarray(g, dtype="float64") ** 2).sum()) for g in leaves))


def jax_jets(kind, case):
    """(parameters, points [N, 2]) -> columns of outputs, first derivatives, Laplacians"""
    import jax
    import jax.numpy as jnp

    def mlp(parameters, x):
        for weight, bias in parameters[:-1]:
            x = jnp.tanh(x @ weight.T + bias)
        return x @ parameters[-1][0].T + parameters[-1][1]

    def columns(y, dx, dy, lap):
        return y.T, dx.T, dy.T, lap.T

    def taylor(parameters, x):
        (weight, bias), rest = parameters[0], parameters[1:]
        z = x @ weight.T + bias
        zx, zy, zl = jnp.broadcast_to(weight[:, 0], z.shape), jnp.broadcast_to(weight[:, 1], z.shape), jnp.zeros_like(z)
        for weight, bias in rest:
            t = jnp.tanh(z)
            slope = 1 - t * t
            jet = jnp.stack([t, slope * zx, slope * zy, slope * (zl - 2 * t * (zx * zx + zy * zy))])
            z, zx, zy, zl = jet @ weight.T
            z = z + bias
        return columns(z, zx, zy, zl)

    def folx_forward(parameters, x):
        import folx

        out = jax.vmap(folx.forward_laplacian(lambda point: mlp(parameters, point)))(x)
        d = out.jacobian.data  # [N, 2, outputs]
        return columns(out.x, d[:, 0], d[:, 1], out.laplacian)

    def jvp(parameters, x):
        f = lambda points: mlp(parameters, points)

        def along(axis):
            direction = jnp.zeros_like(x).at[:, axis].set(1)
            first = lambda points: jax.jvp(f, (points,), (direction,))[1]
            return jax.jvp(first, (x,), (direction,))

        dx, dxx = along(0)
        dy, dyy = along(1)
        return columns(f(x), dx, dy, dxx + dyy)

    def nested(parameters, x):
        def at(point):
            y = mlp(parameters, point)
            first = [jax.grad(lambda p, h=h: mlp(parameters, p)[h]) for h in range(y.shape[0])]
            lap = jnp.zeros_like(y)
            for h in with_laplacian(case):
                second = [jax.grad(lambda p, h=h, i=i: first[h](p)[i])(point)[i] for i in range(2)]
                lap = lap.at[h].set(second[0] + second[1])
            return y, jnp.stack([f(point) for f in first]), lap

        y, d, lap = jax.vmap(at)(x)
        return columns(y, d[..., 0], d[..., 1], lap)

    return {"taylor": taylor, "folx": folx_forward, "jvp": jvp, "nested": nested}[kind]


def jax_variant(row, threads, kind, chunked):
    import jax
    import jax.numpy as jnp
    import numpy

    jax.config.update("jax_enable_x64", row["precision"] == "float64")
    jax.config.update("jax_default_matmul_precision", "highest")
    x, layers = load(row)
    parameters = [(jnp.array(w), jnp.array(b)) for w, b in layers]
    jets, count = jax_jets(kind, row["case"]), len(x)

    def loss_of(p, points):
        r = residuals(row["case"], *jets(p, points))
        return 0.5 / count * sum(jnp.sum(e * e) for e in r)

    versions = {"jax": jax.__version__}
    if kind == "folx":
        from importlib.metadata import version

        versions["folx"] = version("folx")
    if not chunked:
        points = jnp.array(x)
        compiled = jax.jit(jax.value_and_grad(loss_of))
        return lambda: jax.block_until_ready(compiled(parameters, points)), read_jax, versions

    from jax.sharding import Mesh, NamedSharding, PartitionSpec

    devices = jax.devices()
    if count % len(devices) != 0:
        raise RuntimeError(f"{count} points cannot be dealt out to {len(devices)} devices")
    per_device = count // len(devices)
    chunk = max(d for d in range(1, LONGEST_CHUNK + 1) if per_device % d == 0)
    mesh = Mesh(numpy.array(devices), ("points",))

    def on_device(p, points):
        def add(total, part):
            return jax.tree_util.tree_map(jnp.add, total, jax.value_and_grad(loss_of)(p, part)), None

        zero = (jnp.zeros((), points.dtype), jax.tree_util.tree_map(jnp.zeros_like, p))
        total, _ = jax.lax.scan(add, zero, points.reshape(-1, chunk, 2))
        return jax.lax.psum(total, "points")

    if hasattr(jax, "shard_map"):
        shard_map, unchecked = jax.shard_map, {"check_vma": False}
    else:
        from jax.experimental.shard_map import shard_map

        unchecked = {"check_rep": False}
    everywhere, dealt = PartitionSpec(), PartitionSpec("points")
    sharded = shard_map(on_device, mesh=mesh, in_specs=(everywhere, dealt), out_specs=everywhere, **unchecked)
    points = jax.device_put(jnp.array(x), NamedSharding(mesh, dealt))
    parameters = jax.device_put(parameters, NamedSharding(mesh, everywhere))
    compiled = jax.jit(sharded)
    return lambda: jax.block_until_ready(compiled(parameters, points)), read_jax, {**versions, "chunk": chunk}


# ---- one peer, one row, in a process of its own ----------------------------------------------------------------------
def prepare(peer, row, threads):
    if peer == "torch-nested":
        return torch_nested(row, threads)
    library, kind, *chunked = peer.split("-")
    if library == "deepxde":
        return deepxde(row, threads, kind)
    return jax_variant(row, threads, kind, bool(chunked))


def work(peer, row, threads, seconds):
    step, read, versions = prepare(peer, row, threads)
    begin = time.perf_counter()
    loss, norm = read(step())
    first = time.perf_counter() - begin
    step()
    times, start = [], time.perf_counter()
    while len(times) < 3 or (len(times) < 300 and time.perf_counter() - start < seconds):
        begin = time.perf_counter()
        step()
        times.append(time.perf_counter() - begin)
    return {
        "us_per_point": 1e6 * statistics.median(times) / row["points"],
        "repetitions": len(times),
        "first_call_seconds": first,
        "loss": loss,
        "gradient_norm": norm,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
        "versions": versions,
    }


def environment(peer, threads):
    variables = {**os.environ, **MALLOC, "JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": ""}
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        variables[name] = str(threads)
    if peer.endswith("chunked"):
        variables["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={threads} --xla_cpu_multi_thread_eigen=false"
    return variables


def measured(peer, row, threads, seconds, time_limit):
    """What the worker says, or {"error": ...}."""
    request = json.dumps({"peer": peer, "row": row, "threads": threads, "seconds": seconds})
    command = [sys.executable, os.path.abspath(__file__), "--worker", request]
    try:
        done = subprocess.run(command, env=environment(peer, threads), capture_output=True, text=True, timeout=time_limit)
    except subprocess.TimeoutExpired:
        return {"error": f"not ready after {time_limit:.0f} s"}
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if re.match(r"[\w.]*(Error|Exception|Exit)\b", line)]
        return {"error": said[-1] if said else f"ended with {done.returncode}"}
    result = json.loads(done.stdout.strip().splitlines()[-1])
    result["loss_difference"] = abs(result["loss"] / row["loss"] - 1)
    result["gradient_norm_difference"] = abs(result["gradient_norm"] / row["gradient_norm"] - 1)
    difference = max(result["loss_difference"], result["gradient_norm_difference"])
    result["agrees"] = difference <= LIMIT[row["precision"]]
    if not result["agrees"]:
        result["error"] = f"another loss or gradient: they differ by {difference:.1e}"
    return result


# ---- ours, and the table ---------------------------------------------------------------------------------------------
def our_figures(arguments, folder):
    if arguments.bench:
        with open(arguments.bench) as file:
            return json.load(file)
    out = os.path.join(folder, "bench.json")
    command = [arguments.nusselt, "bench", "--json", out, "--export", folder, "--threads", str(arguments.threads)]
    if arguments.only != "all":
        command += ["--only", arguments.only]
    if arguments.points:
        command += ["--points", str(arguments.points)]
    try:
        done = subprocess.run(command)
    except OSError as error:
        sys.exit(f"error: cannot start {arguments.nusselt}: {error.strerror}; build it, or say --nusselt PATH")
    if done.returncode != 0:
        sys.exit(f"error: `{' '.join(command)}` ended with {done.returncode}")
    with open(out) as file:
        return json.load(file)


def row_name(row):
    return f"{row['case']} {row['depth']}x{row['width']} fp{row['precision'][-2:]}"


def cell(us, ours):
    digits = 2 if us < 10 else 1 if us < 100 else 0
    return f"{us:.{digits}f} ({us / ours:.1f})"


def table(rows, results):
    width = max(len(name) for name in [*PEERS, "nested, LibTorch"]) + 2
    cells = max(16, *(len(row_name(row)) + 2 for row in rows))
    lines = [" " * width + "".join(row_name(row).rjust(cells) for row in rows)]

    def add(name, entries):
        lines.append(name.ljust(width) + "".join(entry.rjust(cells) for entry in entries))

    add("nusselt", [cell(row["us_per_point"], row["us_per_point"]) for row in rows])
    add("nested, LibTorch", [cell(row["nested_us_per_point"], row["us_per_point"]) for row in rows])
    for peer, found in results.items():
        add(peer, ["-" if "error" in one else cell(one["us_per_point"], row["us_per_point"]) for one, row in zip(found, rows)])
    return "\n".join(lines)


def main():
    root = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
    processors = sorted(os.sched_getaffinity(0))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="4x64", help="rows, in the words of `nusselt bench --only`; `all` is all (default 4x64)")
    parser.add_argument("--threads", type=int, default=len(processors), help="threads and processors for everybody")
    parser.add_argument("--points", type=int, help="points of every row")
    parser.add_argument("--peers", help="only these, joined by commas: " + ", ".join(PEERS))
    parser.add_argument("--seconds", type=float, default=3, help="repeat each measurement for so long (default 3)")
    parser.add_argument("--time-limit", type=float, default=300, help="seconds for one peer and row, compiling included")
    parser.add_argument("--nusselt", default=os.path.join(root, "nusselt"), help="the program, or its launcher (default)")
    parser.add_argument("--bench", help="use what `nusselt bench --json FILE --export FOLDER` wrote, and measure peers only")
    parser.add_argument("--json", help="write all figures to this file")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        request = json.loads(arguments.worker)
        print(json.dumps(work(request["peer"], request["row"], request["threads"], request["seconds"])))
        return
    if not 1 <= arguments.threads <= len(processors):
        parser.error(f"--threads {arguments.threads}: this process may use 1 to {len(processors)} processors")
    wanted = arguments.peers.split(",") if arguments.peers else list(PEERS)
    for peer in wanted:
        if peer not in PEERS:
            parser.error(f"there is no peer {peer}; there are {', '.join(PEERS)}")
    # Children inherit it: threads that no setting reaches stay on these processors.
    os.sched_setaffinity(0, processors[: arguments.threads])

    with tempfile.TemporaryDirectory() as folder:
        ours = our_figures(arguments, folder)
        rows = [row for row in ours["rows"] if row["file"]]
        if not rows:
            sys.exit("error: no row has weights and points; `nusselt bench` writes them with --export FOLDER")
        threads = rows[0]["threads"]
        if threads != arguments.threads:
            sys.exit(f"error: these rows were measured with {threads} threads; say --threads {threads}")
        results = {}
        for peer in wanted:
            missing = [package for package in PEERS[peer][0] if importlib.util.find_spec(package) is None]
            if missing:
                print(f"skipped {peer} ({PEERS[peer][1]}): not installed: {' '.join(missing)}", flush=True)
                continue
            results[peer] = []
            for row in rows:
                one = measured(peer, row, threads, arguments.seconds, arguments.time_limit)
                results[peer].append(one)
                said = one.get("error") or f"{one['us_per_point']:.3g} us/point, peak {one['peak_rss_mb']:.0f} MB"
                print(f"{peer}, {row_name(row)}: {said}", flush=True)
    print(f"\nus per point of loss and full gradient, {threads} thread{'s' if threads > 1 else ''} (times the time of nusselt)\n")
    print(table(rows, results))
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"bench": ours, "peers": results}, file, indent=2)


if __name__ == "__main__":
    main()
