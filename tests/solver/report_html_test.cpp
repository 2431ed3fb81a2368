#include "solver/report_html.hpp"

#include <gtest/gtest.h>
#include <vtkSmartPointer.h>
#include <vtkXMLDataElement.h>
#include <vtkXMLUtilities.h>

#include <stdexcept>

namespace nusselt {
namespace {

ReportPage page() {
  ReportPage page;
  page.report = nlohmann::json::parse(R"({
    "case": "heated_cavity", "status": "converged", "exit_code": 0, "seed": 7, "device": "cpu", "threads": 2,
    "precision": "float64", "parameters": 3332, "wall_seconds": 71.234, "cpu_seconds": 138.2,
    "groups": {"Ra": 10000.0, "Pr": 0.71},
    "residuals": [{"name": "momentum x", "region": "interior", "rms": 4.2e-4, "max": 2.9e-3, "train_rms": 2.1e-4,
                   "scale": 1.2e-5, "unit": "m s-2"}],
    "balances": [{"name": "mass", "relative": 2.1e-5}],
    "criteria": [{"name": "held-out RMS", "value": 4.2e-4, "limit": 1e-3, "passed": true},
                 {"name": "energy imbalance", "value": 6.1e-4, "limit": 1e-3, "passed": true}],
    "quantities": [{"name": "mean Nusselt number", "value": 2.2449871, "unit": "1", "reference": 2.244816,
                    "relative_error": 7.6e-5, "source": "spectral"}],
    "errors": [{"field": "T", "relative_l2": 1.2e-3, "max_abs": 0.0031, "unit": "K", "reference": "field.csv"}]})");
  page.case_text = "case: heated_cavity\n";
  return page;
}

bool is_xml(const std::string& html) {
  return vtkSmartPointer<vtkXMLDataElement>::Take(vtkXMLUtilities::ReadElementFromString(html.c_str())) != nullptr;
}

bool holds(const std::string& html, const std::string& part) { return html.find(part) != std::string::npos; }

TEST(ReportHtml, IsOneWellFormedPageWithoutForeignResources) {
  ReportPage full = page();
  full.figures = {{"Temperature", "foobar", 640, 480}};
  full.texts = {{"Equations", "u_x + v_y = 0"}};
  full.provenance = {{"LibTorch", "1.13.1"}};
  const std::string html = report_html(full);
  EXPECT_TRUE(is_xml(html));
  for (const char* foreign : {"<script", "<link", "@import", "url(", "src=\"http"})
    EXPECT_FALSE(holds(html, foreign)) << foreign;
  for (const char* part :
       {"<html xmlns=", "lang=\"en\"", "width=device-width", "prefers-color-scheme: dark", "@media print",
        "alt=\"Temperature\" width=\"640\" height=\"480\" src=\"data:image/png;base64,Zm9vYmFy\"",
        "<h2>Equations</h2>\n<pre>u_x + v_y = 0</pre>", "<code>1.13.1</code>", "<h2>Case file</h2>"})
    EXPECT_TRUE(holds(html, part)) << part;
}

TEST(ReportHtml, ShowsEveryNumberOfTheReport) {
  const std::string html = report_html(page());
  for (const char* part : {"<dt>Ra</dt><dd>10000</dd>",
                           "<dt>Pr</dt><dd>0.71</dd>",
                           ">2.244987<",
                           ">2.244816<",
                           ">0.0076 %<",
                           ">spectral<",
                           ">0.12 %<",
                           ">0.0031<",
                           ">field.csv<",
                           ">4.2\u00d710\u207b\u2074<",
                           ">0.001<",
                           ">2.1\u00d710\u207b\u2075<",
                           ">2<",
                           ">1.2\u00d710\u207b\u2075 m s\u207b\u00b2<",
                           ">5.04\u00d710\u207b\u2079 m s\u207b\u00b2<",
                           ">71.23 s<",
                           ">138.2 s<",
                           ">3332<",
                           ">float64<",
                           ">7<"})
    EXPECT_TRUE(holds(html, part)) << part;
}

TEST(ReportHtml, AConvergedRunSaysOnWhatThatRests) {
  const std::string html = report_html(page());
  EXPECT_TRUE(holds(html, "verdict good\"><strong>\u2713 Converged</strong>"));
  EXPECT_TRUE(holds(html, "The verdict rests on the criteria below and not on the reference"));
  EXPECT_FALSE(holds(html, "What failed"));
  EXPECT_FALSE(holds(html, "not a proof"));
}

TEST(ReportHtml, ARunWithoutReferenceWarnsOfSmallResiduals) {
  ReportPage bare = page();
  bare.report["errors"] = nlohmann::json::array();
  bare.report["quantities"][0]["reference"] = nullptr;
  bare.report["quantities"][0]["relative_error"] = nullptr;
  const std::string html = report_html(bare);
  EXPECT_TRUE(holds(html, "A small residual is not a proof of a small error"));
  EXPECT_FALSE(holds(html, "Difference from the reference"));
  EXPECT_TRUE(holds(html, "<td class=\"number\">\u2014</td>"));
}

TEST(ReportHtml, AFailedRunSaysWhatFailedAndHowToGoOn) {
  ReportPage failed = page();
  failed.report["status"] = "not_converged";
  failed.report["criteria"][1]["passed"] = false;
  failed.report["criteria"][1]["value"] = 6.1e-3;
  failed.advice = "Go on with `./nusselt resume runs/a`, or use more units.";
  const std::string html = report_html(failed);
  EXPECT_TRUE(is_xml(html));
  EXPECT_TRUE(holds(html, "verdict bad\"><strong>\u2717 Not converged</strong>"));
  EXPECT_TRUE(holds(html, "The fields on this page are not a solution."));
  EXPECT_TRUE(holds(html, "<li>energy imbalance: 0.0061, the limit is 0.001</li>"));
  EXPECT_FALSE(holds(html, "<li>held-out RMS"));
  EXPECT_TRUE(holds(html, "Go on with <code>./nusselt resume runs/a</code>, or use more units."));
  EXPECT_TRUE(holds(html, "<td class=\"result bad\">\u2717 failed</td>"));
}

TEST(ReportHtml, EveryStatusHasItsBanner) {
  const std::pair<const char*, const char*> banners[] = {{"diverged", "\u2717 Diverged"},
                                                         {"check_failed", "\u2717 Converged, but a check failed"},
                                                         {"interrupted", "\u25a0 Interrupted"}};
  for (const auto& [status, headline] : banners) {
    ReportPage run = page();
    run.report["status"] = status;
    const std::string html = report_html(run);
    EXPECT_TRUE(holds(html, headline)) << status;
    EXPECT_FALSE(holds(html, "verdict good")) << status;
  }
}

TEST(ReportHtml, EscapesWhateverItIsGiven) {
  ReportPage hostile = page();
  const std::string evil =
      "<script>alert(\"1\")</script> & 'x' \x1b[31m \xff \xc0\xaf \xed\xa0\x80 caf\u00e9 \U0001d4af";
  hostile.report["case"] = evil;
  hostile.report["criteria"][0]["name"] = evil;
  hostile.report["groups"][evil] = 1.0;
  hostile.report["device"] = evil;
  hostile.advice = evil;
  hostile.case_text = evil;
  hostile.texts = {{evil, evil}};
  hostile.figures = {{evil, "x", 0, 0}};
  hostile.provenance = {{evil, evil}};
  const std::string html = report_html(hostile);
  EXPECT_TRUE(is_xml(html));
  EXPECT_FALSE(holds(html, "<script"));
  EXPECT_FALSE(holds(html, "\x1b"));
  EXPECT_FALSE(holds(html, "\xff"));
  EXPECT_TRUE(
      holds(html,
            "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39; \ufffd[31m \ufffd \ufffd\ufffd "
            "\ufffd\ufffd\ufffd caf\u00e9 \U0001d4af"));
}

TEST(ReportHtml, PngBytesAsBase64) {
  // RFC 4648, section 10.
  const std::pair<const char*, const char*> vectors[] = {{"f", ",Zg==\""},         {"fo", ",Zm8=\""},
                                                         {"foo", ",Zm9v\""},       {"foob", ",Zm9vYg==\""},
                                                         {"fooba", ",Zm9vYmE=\""}, {"\xff\xfe\xfd", ",//79\""}};
  for (const auto& [bytes, encoded] : vectors) {
    ReportPage one = page();
    one.figures = {{"f", bytes, 0, 0}};
    EXPECT_TRUE(holds(report_html(one), encoded)) << encoded;
  }
}

TEST(ReportHtml, LeavesOutWhatIsNotThere) {
  ReportPage small;
  small.report = {{"case", "a"}, {"status", "interrupted"}};
  const std::string html = report_html(small);
  EXPECT_TRUE(is_xml(html));
  for (const char* part : {"Quantities", "Criteria", "Balances", "Residuals", "Figures", "Case file", "groups\">"})
    EXPECT_FALSE(holds(html, part)) << part;
}

TEST(ReportHtml, RefusesAReportThatIsNone) {
  ReportPage wrong = page();
  wrong.report["status"] = "fine";
  try {
    report_html(wrong);
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(),
                 "the report has the status 'fine', expected one of converged, not_converged, diverged, check_failed, "
                 "interrupted");
  }
  wrong.report.erase("status");
  try {
    report_html(wrong);
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "the report needs the keys 'case' and 'status'");
  }
}

}  // namespace
}  // namespace nusselt
