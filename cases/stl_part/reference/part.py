"""The part housing.stl and its temperatures by finite elements.

The part is drawn with Gmsh's kernel, with flat faces only (a bore of 24 facets), so that file and finite elements have
the same shape. It is written to housing.stl, in mm, with a solid for each named face, and solved in steady conduction
with quadratic tetrahedra of scikit-fem on three meshes:

    div(k grad T) = 0,   k dT/dn = q (1 + (y_bore - y)/radius)/2 in the bore,
    -k dT/dn = h (T - T_air) on foot and sides, h of each

housing.csv has the values of the finest mesh and, after `change`, the largest relative difference from the one before;
temperature.csv has T - T_air in the middle of tetrahedra of the coarsest mesh, by the finest. A run needs none of this:
housing.stl is there.

    pip install numpy scipy scikit-fem gmsh
    python part.py
"""

import pathlib

import gmsh
import numpy as np
from scipy.sparse.linalg import LinearOperator, cg
from skfem import Basis, BilinearForm, ElementTetP2, FacetBasis, Functional, LinearForm, MeshTet
from skfem.helpers import dot, grad

HERE = pathlib.Path(__file__).resolve().parent
K = 0.05  # W/(mm K), cast iron
FLUX = 0.04  # W/mm^2, into the lowest line of the bore
BORE = (30, 22, 10)  # middle and radius
H_OF = {"foot": 2e-3, "sides": 60e-6}  # W/(mm^2 K): the frame of the machine, and air


def polygon(points):
    cad = gmsh.model.occ
    corners = [cad.addPoint(*p) for p in points]
    edges = [cad.addLine(a, b) for a, b in zip(corners, corners[1:] + corners[:1])]
    return cad.addPlaneSurface([cad.addCurveLoop(edges)])


def draw():
    """Names of the faces of each boundary surface of the housing, in the current model of Gmsh."""
    cad = gmsh.model.occ
    front = [(0, 0, 0), (60, 0, 0), (60, 10, 0), (48, 34, 0), (40, 40, 0), (20, 40, 0), (12, 34, 0), (0, 10, 0)]
    block = cad.extrude([(2, polygon(front))], 0, 0, 30)
    side = [(-1, -1, 0), (-1, -1, 30), (-1, 28, 30), (-1, 40, 25), (-1, 41, 25), (-1, 41, 5), (-1, 40, 5), (-1, 28, 0)]
    bevel = cad.extrude([(2, polygon(side))], 62, 0, 0)
    solid, _ = cad.intersect([e for e in block if e[0] == 3], [e for e in bevel if e[0] == 3])
    turn = 2 * np.pi * np.arange(24) / 24
    ring = [(BORE[0] + BORE[2] * np.cos(a), BORE[1] + BORE[2] * np.sin(a), -1) for a in turn]
    drill = cad.extrude([(2, polygon(ring))], 0, 0, 32)
    cad.cut(solid, [e for e in drill if e[0] == 3])
    cad.synchronize()
    names = {}
    for _, surface in gmsh.model.getBoundary(gmsh.model.getEntities(3), oriented=False):
        x0, y0, z0, x1, y1, z1 = gmsh.model.getBoundingBox(2, surface)
        if y1 < 0.01:
            names[surface] = "foot"
        elif np.hypot((x0 + x1) / 2 - BORE[0], (y0 + y1) / 2 - BORE[1]) < BORE[2] + 0.1 and z1 - z0 > 29:
            names[surface] = "bore"
        else:
            names[surface] = "sides"
    return names


def tetrahedra(size):
    """Mesh, and for each named face its facets."""
    gmsh.initialize()
    gmsh.option.setNumber("General.Terminal", 0)
    gmsh.option.setNumber("General.NumThreads", 1)
    names = draw()
    gmsh.option.setNumber("Mesh.MeshSizeMax", size)
    gmsh.option.setNumber("Mesh.MeshSizeMin", size / 3)
    gmsh.model.mesh.generate(3)
    tags, points, _ = gmsh.model.mesh.getNodes()
    index = np.zeros(int(tags.max()) + 1, dtype=int)
    index[tags] = np.arange(len(tags))
    cells = index[gmsh.model.mesh.getElementsByType(4)[1]].reshape(-1, 4).T
    triangles = {}
    for surface, name in names.items():
        found = index[gmsh.model.mesh.getElementsByType(2, surface)[1]].reshape(-1, 3)
        triangles[name] = np.r_[triangles.get(name, np.zeros((0, 3), int)), found]
    gmsh.finalize()
    mesh = MeshTet(points.reshape(-1, 3).T, cells)
    number = {tuple(sorted(f)): i for i, f in enumerate(mesh.facets.T)}
    facets = {name: np.array([number[tuple(sorted(t))] for t in found]) for name, found in triangles.items()}
    if sum(map(len, facets.values())) != len(mesh.boundary_facets()):
        raise RuntimeError("the named faces are not all of the surface")
    return mesh, facets


def write_stl(mesh, facets, path):
    with open(path, "w") as out:
        for name, numbers in facets.items():
            out.write(f"solid {name}\n")
            for facet in numbers:
                corners = mesh.p[:, mesh.facets[:, facet]].T
                cell = mesh.f2t[0, facet]
                inside = mesh.p[:, mesh.t[:, cell]].mean(axis=1)
                normal = np.cross(corners[1] - corners[0], corners[2] - corners[0])
                if normal @ (corners[0] - inside) < 0:
                    corners, normal = corners[[0, 2, 1]], -normal
                normal = normal / np.linalg.norm(normal)
                out.write("facet normal {:.6g} {:.6g} {:.6g}\nouter loop\n".format(*(normal + 0.0)))
                for corner in corners:
                    out.write("vertex {:.7g} {:.7g} {:.7g}\n".format(*(np.round(corner, 6) + 0.0)))
                out.write("endloop\nendfacet\n")
            out.write(f"endsolid {name}\n")


@BilinearForm
def stiffness(u, v, _):
    return K * dot(grad(u), grad(v))


@BilinearForm
def mass(u, v, w):
    return w["h"] * u * v


def flux(x):
    return FLUX * (1 + (BORE[1] - x[1]) / BORE[2]) / 2


@LinearForm
def load(v, w):
    return flux(w.x) * v


@Functional
def power(w):
    return flux(w.x)


@Functional
def total(w):
    return w["T"]


@Functional
def area(w):
    return 1 + 0 * w.x[0]


def solve(mesh, facets):
    basis = Basis(mesh, ElementTetP2())
    faces = {name: FacetBasis(mesh, ElementTetP2(), facets=f, intorder=8) for name, f in facets.items()}
    matrix = stiffness.assemble(basis)
    for name, h in H_OF.items():
        matrix = matrix + mass.assemble(faces[name], h=h)
    diagonal = matrix.diagonal()
    T, failed = cg(
        matrix,
        load.assemble(faces["bore"]),
        rtol=1e-10,
        M=LinearOperator(matrix.shape, lambda r: np.ravel(r) / diagonal),
    )
    if failed:
        raise RuntimeError("conjugate gradients did not converge")
    mean = {}
    for name, face in faces.items():
        mean[name] = total.assemble(face, T=face.interpolate(T)) / area.assemble(face)
    for name, h in H_OF.items():
        mean["heat_" + name] = h * total.assemble(faces[name], T=faces[name].interpolate(T))
    mean["power"] = power.assemble(faces["bore"])
    return basis, T, mean


def main():
    write_stl(*tetrahedra(14), HERE.parent / "housing.stl")
    results = []
    for size in (8, 5.5, 4):
        mesh, facets = tetrahedra(size)
        if size == 8:
            coarse = mesh.p[:, mesh.t[:, ::8]].mean(axis=1)
        basis, T, mean = solve(mesh, facets)
        print(size, basis.N, mean, flush=True)
        results.append(mean)
    last, before = results[-1], results[-2]
    if abs(sum(last["heat_" + name] for name in H_OF) / last["power"] - 1) > 1e-8:
        raise RuntimeError("heat is lost")
    change = max(abs(last[name] / before[name] - 1) for name in last)
    units = ["K", "K", "K", "W", "W", "W"]
    with open(HERE / "housing.csv", "w") as out:
        out.write("# The bearing housing, means over its faces above the air, and heat, finite elements, by part.py.\n")
        out.write(",".join(f"{name} [{unit}]" for name, unit in zip(last, units)) + ",q [W/m^2],change\n")
        out.write(",".join(f"{value:.6g}" for value in last.values()) + f",{FLUX * 1e6:g},{change:.1e}\n")
    at = basis.probes(coarse) @ T
    with open(HERE / "temperature.csv", "w") as out:
        out.write("# Temperatures of the housing, finite elements, by part.py.\n")
        out.write("# Units: x, y, z in mm, T in K above the air.\nx,y,z,T\n")
        for (x, y, z), value in zip(coarse.T, at):
            out.write(f"{x:.7g},{y:.7g},{z:.7g},{value:.6g}\n")


main()
