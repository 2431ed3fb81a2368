"""Steady incompressible flow by finite elements, for the reference solutions of the cases: Newton's method on
Taylor-Hood elements of scikit-fem. Density 1.

    pip install numpy scipy scikit-fem
"""

import numpy as np
from scipy.sparse import bmat
from scipy.sparse.linalg import splu
from skfem import BilinearForm, LinearForm
from skfem.helpers import ddot, div, dot, grad


def lu(matrix):
    return splu(matrix.tocsc(), "MMD_AT_PLUS_A", 0.01, options={"SymmetricMode": True})


def steady_flow(velocity, pressure, viscosity, state, free, tolerance=1e-9):
    """Solves for the degrees of freedom `free` of `state` (those of the basis `velocity`, then of `pressure`), in place;
    the others are held. Returns the residual of the momentum at every degree of freedom of the velocity: where it is
    held, the force on what holds it."""

    @BilinearForm
    def viscous(u, v, _):
        return viscosity * ddot(grad(u), grad(v))

    @BilinearForm
    def divergence(u, q, _):
        return -div(u) * q

    @LinearForm
    def inertia(v, w):
        return dot(np.einsum("ij...,j...->i...", w["u"].grad, w["u"].value), v)

    @BilinearForm
    def linearized(u, v, w):
        return dot(
            np.einsum("ij...,j...->i...", grad(u), w["u"].value)
            + np.einsum("ij...,j...->i...", w["u"].grad, u.value),
            v,
        )

    n = velocity.N
    a = viscous.assemble(velocity)
    b = divergence.assemble(velocity, pressure)
    for _ in range(20):
        u = velocity.interpolate(state[:n])
        momentum = a @ state[:n] + inertia.assemble(velocity, u=u) + b.T @ state[n:]
        residual = np.r_[momentum, b @ state[:n]]
        matrix = bmat([[a + linearized.assemble(velocity, u=u), b.T], [b, None]], format="csr")
        step = lu(matrix[free][:, free]).solve(-residual[free])
        state[free] += step
        if np.abs(step).max() < tolerance:
            return momentum
    raise RuntimeError("Newton's method did not converge")
