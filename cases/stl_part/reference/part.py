"""The part bracket.stl and its temperatures by finite elements.

The part is drawn with Gmsh's kernel, with flat faces only (a fillet of 8 and a hole of 24 facets), so that file and
finite elements have the same shape. It is written to bracket.stl, in mm, with a solid for each named face, and solved in
steady conduction with quadratic tetrahedra of scikit-fem on three meshes:

    div(k grad T) = 0,   k dT/dn = q cos^2(pi a/2) cos^2(pi b/2) on the pad, with a and b from -1 to 1,
      -k dT/dn = h (T - T_air) on foot, hole and sides, h of each

bracket.csv has the values of the finest mesh and, after `change`, the largest relative difference from the one before;
temperature.csv has T - T_air in the middle of tetrahedra of the coarsest mesh, by the finest. A run needs none of this:
bracket.stl is there.

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
K = 0.160  # W/(mm K), aluminium
FLUX = 0.2  # W/mm^2, into the middle of the pad
PAD = (28, 15, 10, 7)  # middle and half sides, y and z
H_OF = {"foot": 2e-3, "hole": 60e-6, "sides": 60e-6}  # W/(mm^2 K): a cold plate with paste, and a fan


def polygon(points):
    cad = gmsh.model.occ
    corners = [cad.addPoint(*p) for p in points]
    edges = [cad.addLine(a, b) for a, b in zip(corners, corners[1:] + corners[:1])]
    return cad.addPlaneSurface([cad.addCurveLoop(edges)])


def draw():
    """Names of the faces of each boundary surface of the bracket, in the current model of Gmsh."""
    cad = gmsh.model.occ
    turn = np.pi / 2 * np.arange(9) / 8
    fillet = [(14 - 8 * np.sin(a), 14 - 8 * np.cos(a), 0) for a in turn]
    profile = [(0, 0, 0), (40, 0, 0), (40, 6, 0), *fillet, (6, 40, 0), (0, 40, 0)]
    angle = cad.extrude([(2, polygon(profile))], 0, 0, 30)
    outline = [(-1, -1, 0), (-1, -1, 30), (-1, 14, 30), (-1, 41, 23.77), (-1, 41, 6.23), (-1, 14, 0)]
    taper = cad.extrude([(2, polygon(outline))], 42, 0, 0)
    volume = [e for e in angle if e[0] == 3]
    solid, _ = cad.intersect(volume, [e for e in taper if e[0] == 3])
    ring = [(27 + 4.5 * np.cos(a), -1, 15 + 4.5 * np.sin(a)) for a in 2 * np.pi * np.arange(24) / 24]
    drill = cad.extrude([(2, polygon(ring))], 0, 8, 0)
    solid, _ = cad.cut(solid, [e for e in drill if e[0] == 3])
    y, z, dy, dz = PAD
    pad = polygon([(0, y - dy, z - dz), (0, y + dy, z - dz), (0, y + dy, z + dz), (0, y - dy, z + dz)])
    cad.fragment(solid, [(2, pad)])
    cad.synchronize()
    names = {}
    for _, surface in gmsh.model.getBoundary(gmsh.model.getEntities(3), oriented=False):
        x0, y0, z0, x1, y1, z1 = gmsh.model.getBoundingBox(2, surface)
        if y1 < 0.01:
            names[surface] = "foot"
        elif x1 < 0.01 and y0 > 17 and y1 < 39:
            names[surface] = "pad"
        elif np.hypot((x0 + x1) / 2 - 27, (z0 + z1) / 2 - 15) < 4.6 and y1 - y0 > 5:
            names[surface] = "hole"
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
    gmsh.option.setNumber("Mesh.MeshSizeMin", size / 4)
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
    a, b = (x[1] - PAD[0]) / PAD[2], (x[2] - PAD[1]) / PAD[3]
    return FLUX * (np.cos(np.pi * a / 2) * np.cos(np.pi * b / 2)) ** 2


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
        load.assemble(faces["pad"]),
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
    mean["power"] = power.assemble(faces["pad"])
    return basis, T, mean


def main():
    write_stl(*tetrahedra(12), HERE.parent / "bracket.stl")
    results = []
    for size in (5, 3.5, 2.5):
        mesh, facets = tetrahedra(size)
        if size == 5:
            coarse = mesh.p[:, mesh.t[:, ::6]].mean(axis=1)
        basis, T, mean = solve(mesh, facets)
        print(size, basis.N, mean, flush=True)
        results.append(mean)
    last, before = results[-1], results[-2]
    if abs(sum(last["heat_" + name] for name in H_OF) / last["power"] - 1) > 1e-8:
        raise RuntimeError("heat is lost")
    change = max(abs(last[name] / before[name] - 1) for name in last)
    units = ["K", "K", "K", "K", "W", "W", "W", "W"]
    with open(HERE / "bracket.csv", "w") as out:
        out.write("# The bracket, means over its faces above the air, and heat, finite elements, by part.py.\n")
        out.write(",".join(f"{name} [{unit}]" for name, unit in zip(last, units)) + ",q [W/m^2],change\n")
        out.write(",".join(f"{value:.6g}" for value in last.values()) + f",{FLUX * 1e6:g},{change:.1e}\n")
    at = basis.probes(coarse) @ T
    with open(HERE / "temperature.csv", "w") as out:
        out.write("# Temperatures of the bracket, finite elements, by part.py.\n")
        out.write("# Units: x, y, z in mm, T in K above the air.\nx,y,z,T\n")
        for (x, y, z), value in zip(coarse.T, at):
            out.write(f"{x:.7g},{y:.7g},{z:.7g},{value:.6g}\n")


main()
