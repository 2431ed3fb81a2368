# Opens the fields of a run in ParaView itself and renders them, to see with ParaView's own eyes that the files are right:
#
#   xvfb-run -a pvbatch tests/paraview/open_fields.py RUN/fields.pvd picture.png
#
# ParaView's Debian package removes libvtk9-dev, so run this in a root or on a machine of its own.
import sys

from paraview.simple import *  # noqa: F403, the module is made for this

fields_file, picture = sys.argv[1:3]
fields = OpenDataFile(fields_file)
fields.UpdatePipeline()
information = fields.GetDataInformation().DataInformation
names = [fields.PointData[i].GetName() for i in range(fields.PointData.GetNumberOfArrays())]
print("points:", information.GetNumberOfPoints(), "bounds:", information.GetBounds())
for name in names:
    print(name, fields.PointData[name].GetRange())

view = CreateView("RenderView")
view.ViewSize = [1100, 950]
view.UseColorPaletteForBackground = 0
view.Background = [1, 1, 1]
view.OrientationAxesVisibility = 0

surface = Show(fields, view)
ColorBy(surface, ("POINTS", "T [K]"))
surface.RescaleTransferFunctionToDataRange(True)
bar = GetScalarBar(GetColorTransferFunction("T [K]"), view)
bar.Title = "T [K]"
bar.TitleColor = bar.LabelColor = [0, 0, 0]
surface.SetScalarBarVisibility(view, True)

size = max(b - a for a, b in zip(information.GetBounds()[::2], information.GetBounds()[1::2]))
arrows = Glyph(Input=fields, GlyphType="Arrow")
arrows.OrientationArray = ["POINTS", "velocity [m s-1]"]
arrows.ScaleArray = ["POINTS", "velocity [m s-1]"]
speed = max(abs(x) for x in fields.PointData["velocity [m s-1]"].GetRange(-1))
arrows.ScaleFactor = 0.12 * size / speed
arrows.GlyphMode = "Every Nth Point"
arrows.Stride = 37
shown = Show(arrows, view)
ColorBy(shown, None)
shown.DiffuseColor = shown.AmbientColor = [0.1, 0.1, 0.1]

ResetCamera(view)
view.CameraParallelProjection = 1
SaveScreenshot(picture, view)
print("wrote", picture)
