#include "engine/views/view_follower.hpp"

#include <doctest/doctest.h>

#include "io/ledger/ledger_log.hpp"
#include "tests/support/plain_views.hpp"
#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;
using test::answered;
using test::content_of;

namespace {

// A run directory whose ledger is followed. Without an evaluator: what is not empty is accepted.
struct followed_run {
  test::temporary_directory directory;
  config settings;
  std::optional<assessor> how;
  mutable std::vector<std::unique_ptr<test::plain_views>> folded;

  followed_run() {
    settings.run_dir = directory.path();
    settings.prompt.user = "{{question}}";
    settings.models.resize(1);
    auto made = assessor::make(settings);
    REQUIRE(made.has_value());
    how = std::move(*made);
  }

  std::string ledger() const { return directory.path() + "/ledger.jsonl"; }
  std::string output() const { return directory.path() + "/finetuning_data.jsonl"; }
  void write_ledger(const std::string& content) const { directory.file("ledger.jsonl", content); }

  io::ledger_reader reader() const {
    auto opened = io::ledger_reader::open(ledger());
    REQUIRE_MESSAGE(opened.has_value(), opened.error().message);
    return std::move(*opened);
  }
  view_fold fold() const {
    folded.push_back(std::make_unique<test::plain_views>(settings));
    auto opened = folded.back()->open(settings, *how);
    REQUIRE_MESSAGE(opened.has_value(), opened.error().message);
    return std::move(*opened);
  }
  sample judged(std::uint64_t ordinal) const {
    sample one = answered(ordinal, std::string(ordinal % 50, 'x'));  // some are empty
    how->decide(one);
    return one;
  }
  std::vector<sample> judged(std::uint64_t begin, std::uint64_t end) const {
    std::vector<sample> samples;
    for (auto n = begin; n < end; ++n) samples.push_back(judged(n));
    return samples;
  }
  // What a fold over the whole ledger, all at once, makes of it.
  std::string view_of(const std::string& content) const {
    const followed_run other;
    other.write_ledger(content);
    view_follower all(other.reader(), other.fold());
    all.committed(content.size());
    REQUIRE(all.finish().has_value());
    return content_of(other.output());
  }
};

std::uint64_t lines_in(const std::string& text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("lines that were committed before are folded from the first one") {
  const followed_run run;
  const std::string ledger = test::ledger_of(run.judged(0, 100));
  run.write_ledger(ledger);
  view_follower views(run.reader(), run.fold());
  views.committed(ledger.size());
  REQUIRE(views.finish().has_value());
  CHECK(views.counts().accepted == 98);
  CHECK(views.counts().rejected.all() == 2);
  CHECK(lines_in(content_of(run.output())) == 98);
}

TEST_CASE("nothing is folded that is not committed, though it may be in the file") {
  const followed_run run;
  const std::string two = test::ledger_of(run.judged(1, 3));
  run.write_ledger(test::ledger_of(run.judged(1, 6)));
  for (const std::size_t committed : {two.size(), two.size() + 1}) {  // and not half a line
    view_follower views(run.reader(), run.fold());
    views.committed(committed);
    REQUIRE(views.finish().has_value());
    CHECK(views.counts().accepted == 2);
    CHECK(content_of(run.output()) == run.view_of(two));
  }
}

TEST_CASE("a follower of a growing ledger ends where one fold over all of it ends") {
  const followed_run run;
  std::optional<view_follower> views;
  io::ledger_options options;
  options.sync = false;
  options.committed = [&views](std::string_view lines) { views->committed(lines.size()); };
  auto ledger = io::ledger_log::open(run.ledger(), std::move(options));
  REQUIRE(ledger.has_value());
  views.emplace(run.reader(), run.fold());
  views->committed(io::ledger_header().size());
  constexpr std::uint64_t samples = 3000;
  for (std::uint64_t n = 0; n < samples; ++n)
    (*ledger)->append(test::ledger_line_of(run.judged(n)));
  REQUIRE((*ledger)->close().has_value());
  REQUIRE(views->finish().has_value());
  CHECK(views->counts().accepted + views->counts().rejected.all() == samples);
  CHECK(content_of(run.output()) == run.view_of(content_of(run.ledger())));
}

TEST_CASE("news that comes in pieces is followed in any pieces") {
  const followed_run run;
  const std::string ledger = test::ledger_of(run.judged(1, 20));
  run.write_ledger(ledger);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{100}, std::size_t{1000}}) {
    view_follower views(run.reader(), run.fold());
    for (std::size_t told = 0; told < ledger.size(); told += piece) {
      views.committed(std::min(piece, ledger.size() - told));
    }
    REQUIRE(views.finish().has_value());
    CHECK(views.counts().accepted == 19);
  }
}

TEST_CASE("a follower that is told nothing makes an empty view") {
  const followed_run run;
  run.write_ledger(io::ledger_header());
  run.directory.file("finetuning_data.jsonl", "of an earlier config\n");
  view_follower views(run.reader(), run.fold());
  REQUIRE(views.finish().has_value());
  CHECK(content_of(run.output()).empty());
}

TEST_CASE("a follower that is dropped stops where it is and cuts nothing") {
  const followed_run run;
  const std::string ledger = test::ledger_of(run.judged(1, 3));
  run.write_ledger(ledger);
  const std::string old(10'000, 'x');
  run.directory.file("finetuning_data.jsonl", old);
  {
    view_follower views(run.reader(), run.fold());
    views.committed(ledger.size());
  }
  CHECK(content_of(run.output()).size() == old.size());
}

TEST_CASE("damaged lines are passed over") {
  const followed_run run;
  std::string ledger = test::ledger_of(run.judged(1, 4));
  ledger[io::ledger_header().size() + 10] ^= 1;
  run.write_ledger(ledger);
  view_follower views(run.reader(), run.fold());
  views.committed(ledger.size());
  REQUIRE(views.finish().has_value());
  CHECK(views.counts().accepted == 2);
}

TEST_CASE("the first error ends the folding and is what finish() says") {
  followed_run run;
  const std::string ledger = test::ledger_of(run.judged(1, 3)) + test::sealed_line(R"({"id" 1})") +
                             test::sealed_line(test::ledger_line_of(run.judged(3)));
  run.write_ledger(ledger);
  {
    view_follower views(run.reader(), run.fold());
    views.committed(ledger.size());
    const auto finished = views.finish();
    REQUIRE_FALSE(finished.has_value());
    CHECK(finished.error().code == errc::mismatch);
    CHECK(views.counts().accepted == 2);
  }
  run.settings.outputs[0].path = "/dev/full";
  view_follower views(run.reader(), run.fold());
  views.committed(test::ledger_of(run.judged(1, 3)).size());
  const auto finished = views.finish();
  REQUIRE_FALSE(finished.has_value());
  CHECK(finished.error().code == errc::disk);
}

namespace {

// What the engine does for each sample: its line to the ledger, its rendering to the follower.
void append_to_both(io::ledger_log& ledger, view_follower& views, const followed_run& run,
                    std::uint64_t ordinal) {
  const sample one = run.judged(ordinal);
  const std::size_t bytes = ledger.append(test::ledger_line_of(one));
  views.appended(bytes, one);
}

}  // namespace

TEST_CASE("what the follower is told gives the same views as the file") {
  // Some lines are there before it; of the others it is told none, some or more than it keeps.
  const followed_run run;
  const std::string before = test::ledger_of(run.judged(0, 50));
  run.write_ledger(before);
  std::optional<view_follower> views;
  io::ledger_options options;
  options.sync = false;
  options.committed = [&views](std::string_view lines) { views->committed(lines.size()); };
  auto ledger = io::ledger_log::open(run.ledger(), std::move(options));
  REQUIRE(ledger.has_value());
  views.emplace(run.reader(), run.fold(), (*ledger)->end());
  constexpr std::uint64_t samples = 20'000;  // 3 MB of rendered lines
  for (std::uint64_t n = 50; n < samples; ++n) {
    append_to_both(**ledger, *views, run, n);
    if (n % 7 == 0) views->flush();
    if (n % 11 == 0) (*ledger)->flush();
    if (n == 100) views->committed(before.size());  // late, so that the first are read in the file
  }
  views->flush();
  REQUIRE((*ledger)->close().has_value());
  REQUIRE(views->finish().has_value());
  CHECK(views->counts().accepted + views->counts().rejected.all() == samples);
  CHECK(content_of(run.output()) == run.view_of(content_of(run.ledger())));
}
