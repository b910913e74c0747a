#include "engine/evaluate/reviewer.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "engine/sample/line_reader.hpp"
#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;
using test::answered;
using test::padded;

namespace {

config settings(const std::string& pattern = "") {
  config c;
  c.models.resize(1);
  c.dataset.id = "id";
  c.reference = {"{{answer}}", {}};
  if (!pattern.empty()) c.reference->pattern = pattern;
  c.evaluate.resize(1);
  c.evaluate[0].kind = "exact";
  return c;
}

// As this config's run wrote it.
std::string line_of(const config& by, sample one) {
  assessor::make(by).value().decide(one);
  return padded(test::ledger_line_of(one));
}

struct table {
  test::temporary_directory directory;
  rendered_rows rows = rendered_rows::create(directory.path()).value();
  explicit table(const std::string& reference) {
    sample one = answered(1, "");
    one.id = "new";
    one.reference = reference;
    REQUIRE(rows.add(one).has_value());
    REQUIRE(rows.add_bad(2).has_value());
    REQUIRE(rows.finish().has_value());
  }
};

sample reviewed(const config& now, const std::string& line, const rendered_rows* rows) {
  const assessor assess = assessor::make(now).value();
  sample read;
  const auto counts = reviewer(&assess, rows).read(line, read);
  REQUIRE_MESSAGE(counts.has_value(), counts.error().message);
  CHECK(*counts);
  return read;
}

}  // namespace

TEST_CASE("what was judged under this config stands as it is") {
  sample one = answered(1, "2");
  one.reference = "2";
  const table rows("7");
  const sample read = reviewed(settings(), line_of(settings(), one), &rows.rows);
  CHECK(read.verdict() == verdict::accepted);
  CHECK(read.id == "q1");
}

TEST_CASE("under another reference or id the row's own are taken, and the verdict with them") {
  sample one = answered(1, "7");
  one.reference = "2";
  const table rows("7");
  const sample read = reviewed(settings("x"), line_of(settings(), one), &rows.rows);
  CHECK(read.verdict() == verdict::accepted);
  CHECK(read.reference == "7");
  CHECK(read.id == "new");
}

TEST_CASE("a line that does not say how it was rendered is rendered anew") {
  sample one = answered(1, "7");
  one.judged_by = assessor::make(settings()).value().fingerprint();
  one.rejected = reject_reason::incorrect;
  const table rows("7");
  const std::string line = padded(test::ledger_line_of(one));
  CHECK(reviewed(settings(), line, &rows.rows).verdict() == verdict::accepted);
  CHECK(reviewed(settings(), line, nullptr).verdict() == verdict::rejected);  // cannot be
}

TEST_CASE("a config without id and reference needs no row") {
  config plain;
  plain.models.resize(1);
  const sample read = reviewed(plain, line_of(settings(), answered(1, "7")), nullptr);
  CHECK(read.verdict() == verdict::accepted);
  CHECK(read.id == "1");
  CHECK_FALSE(read.reference.has_value());
}

TEST_CASE("a sample whose row cannot be rendered any more counts nowhere") {
  const assessor assess = assessor::make(settings("x")).value();
  const table rows("7");
  sample read;
  const std::string line = line_of(settings(), answered(2, "3"));
  CHECK(reviewer(&assess, &rows.rows).read(line, read).value() == false);
}

TEST_CASE("a failed sample stays one, whatever its row is") {
  const table rows("7");
  const sample failed = test::failed(2, providers::failure_kind::timeout);
  CHECK(reviewed(settings("x"), line_of(settings(), failed), &rows.rows).verdict() ==
        verdict::failed);
}

TEST_CASE("whatever a sealed line holds, its beginning and its review say the same of it") {
  const config now = settings();
  const assessor assess = assessor::make(now).value();
  std::vector<std::string> lines;
  for (sample one : {answered(1, "2"), answered(2, "no"), answered(3, ""),
                     test::failed(4, providers::failure_kind::timeout),
                     test::failed(5, providers::failure_kind::bad_request)}) {
    assess.decide(one);
    lines.push_back(test::ledger_line_of(one));
  }
  std::mt19937 random(11);
  std::size_t read_whole = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = lines[random() % lines.size()];
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0: text[at] = static_cast<char>(random()); break;
        case 1: text.erase(at, 1 + random() % 8); break;
        default: text.insert(at, text.substr(random() % text.size(), 12)); break;
      }
    }
    const std::string line = padded(text);
    const auto head = read_line_head(line);
    sample read;
    const auto counts = reviewer(&assess).read(line, read);
    if (!head || !counts || head->judged_by != assess.fingerprint() ||
        head->rendered != assess.rendering()) {
      continue;
    }
    ++read_whole;
    CAPTURE(text);
    CHECK(read.verdict() == head->verdict);
    CHECK(read.is_open() == head->open);
  }
  CHECK(read_whole > 1000);
}

TEST_CASE("under other columns the row's own are taken, of an earlier step too") {
  config now = settings();
  now.outputs[0].columns = {"topic"};
  test::temporary_directory directory;
  rendered_rows rows = rendered_rows::create(directory.path()).value();
  sample row = answered(1, "");
  row.reference = "2";
  row.columns = R"("topic":"é")";
  REQUIRE(rows.add(row).has_value());
  REQUIRE(rows.finish().has_value());
  sample one = answered(1, "2");
  one.reference = "2";
  CHECK(reviewed(now, line_of(settings(), one), &rows).columns == row.columns);
  CHECK(reviewed(settings(), line_of(settings(), one), &rows).columns == "");
  config in_steps = now;
  in_steps.earlier.push_back(now);
  one.step = "draft";
  CHECK(reviewed(in_steps, line_of(settings(), one), &rows).columns == row.columns);
}
