#include "engine/export/early_fold.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;
using test::answered;

namespace {

struct rig {
  test::temporary_directory root;
  config settings;

  rig() {
    settings.run_dir = root.path();
    settings.prompt.user = "{{question}}";
    settings.models.resize(1);
    settings.models[0].model = "fake-model";
    settings.evaluate.resize(1);
    settings.evaluate[0].kind = "numeric";
    settings.outputs[0].path = root.path() + "/out.jsonl";
    settings.outputs[0].rejected = false;
  }
  sample judged(std::uint64_t ordinal) const {
    sample one = answered(ordinal, std::to_string(ordinal + 1));
    assessor::make(settings)->decide(one);
    return one;
  }
  std::string ledger(const std::vector<sample>& of) const {
    return root.file("ledger.jsonl", test::ledger_of(of));
  }
  output_options options() const {
    return {std::make_shared<io::interrupt>(), [](const std::string&) {}};
  }
  // What a fold of that ledger comes to, where it stands.
  std::optional<ledger_state> read(early_fold& into, const std::string& path,
                                   const std::string& text) const {
    into.begin(options());
    into.read(path, text.size(), io::interrupt());
    return into.close(text.size());
  }
  std::optional<ledger_state> read(const std::vector<sample>& of) const {
    early_fold early(settings);
    return read(early, ledger(of), test::ledger_of(of));
  }
};

}  // namespace

TEST_CASE("a ledger that is judged as now is folded as it is read, and takes its place when told") {
  const rig one;
  const std::vector<sample> lines = {one.judged(0), one.judged(2)};
  early_fold early(one.settings);
  const auto state = one.read(early, one.ledger(lines), test::ledger_of(lines));
  REQUIRE(state.has_value());
  CHECK(state->accepted == 2);
  CHECK(state->rows_needed == 3);
  CHECK(state->done.is_settled({2, 0, 0}));
  CHECK_FALSE(io::identity_of(one.settings.outputs[0].path).has_value());
  const auto outputs = early.outputs();
  REQUIRE(outputs);
  REQUIRE(outputs->fold().finish().has_value());
  REQUIRE(outputs->files().replace().has_value());
  CHECK(outputs->written()[0].rows == 2);
  const std::string out = test::content_of(one.settings.outputs[0].path);
  CHECK(std::ranges::count(out, '\n') == 2);
}

TEST_CASE("what is judged otherwise, or is none of ours, is for another to fold or to refuse") {
  const rig one;
  sample other = one.judged(1);
  other.judged_by ^= 1;
  CHECK_FALSE(one.read({one.judged(0), other}).has_value());
  sample rendered = one.judged(1);
  rendered.rendered ^= 1;
  CHECK_FALSE(one.read({rendered}).has_value());
  sample unknown = one.judged(1);
  unknown.key.variant = 1;
  CHECK_FALSE(one.read({unknown, one.judged(2)}).has_value());
  CHECK(one.read({one.judged(0)}).has_value());
}

TEST_CASE("a fold that took a record to be over before its last line does not stand") {
  rig one;
  one.settings.samples.n = 2;
  one.settings.samples.until_accepted = 1;
  sample second = one.judged(0);
  second.key.k = 1;
  for (const keep kept : {keep::all, keep::best}) {
    one.settings.samples.keep = kept;
    const bool is_told_of_ends = kept != keep::all;
    CHECK(one.read({one.judged(0), second}).has_value() == !is_told_of_ends);
    sample first = one.judged(0);
    first.has_more = true;
    CHECK(one.read({first, second}).has_value());
  }
}

TEST_CASE("damaged lines are counted, and left out") {
  const rig one;
  std::string text = test::ledger_of({one.judged(0), one.judged(1), one.judged(2)});
  text[text.find("What is 1")] = 'w';
  early_fold early(one.settings);
  const auto state = one.read(early, one.root.file("ledger.jsonl", text), text);
  REQUIRE(state.has_value());
  CHECK(state->damaged == 1);
  CHECK(state->first_damaged == 3);
  CHECK(state->done.settled() == 2);
}

TEST_CASE("a fold that would pour its output away, or of another ledger's length, does not stand") {
  rig one;
  const std::vector<sample> lines = {one.judged(0)};
  early_fold longer(one.settings);
  longer.begin(one.options());
  longer.read(one.ledger(lines), test::ledger_of(lines).size(), io::interrupt());
  CHECK_FALSE(longer.close(test::ledger_of(lines).size() + 1).has_value());
  CHECK(longer.outputs() == nullptr);
  one.settings.outputs[0].path = "-";
  CHECK_FALSE(one.read(lines).has_value());
}
