#include "engine/directory/output_files.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <map>
#include <random>

#include "engine/directory/run_directory.hpp"
#include "engine/outputs/outputs.hpp"
#include "engine/views/view_fold.hpp"
#include "io/ledger/ledger_seal.hpp"
#include "tests/support/block_view.hpp"
#include "tests/support/ledger_lines.hpp"
#include "tests/support/samples.hpp"
#include "tests/support/small_disk.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;
using test::content_of;
namespace fs = std::filesystem;

namespace {

constexpr char whole[] = "one\ntwo\n";

// A run whose views are made of whatever the test says.
struct run_with_outputs {
  test::temporary_directory root;
  config settings;
  std::vector<std::string> said;
  assessor judge = *assessor::make(settings);
  view_list views;

  run_with_outputs() {
    settings.run = "a";
    settings.run_dir = root.path() + "/run";
    settings.outputs[0].path = root.path() + "/out.jsonl";
    fs::create_directory(settings.run_dir);
  }

  std::string path(const std::string& name) const { return root.path() + "/" + name; }
  result<output_files> open() {
    output_options options;
    options.stop = std::make_shared<io::interrupt>();
    options.say = [this](const std::string& line) { said.push_back(line); };
    views = views_of(settings);
    return output_files::open(settings, views, std::move(options));
  }
  std::string refusal() {
    const auto opened = open();
    return opened ? "" : opened.error().message;
  }
  // A process that writes so much, and is killed unless it finishes.
  void write(std::string_view accepted, bool finishes = true, std::string_view rejected = "") {
    auto opened = open();
    REQUIRE_MESSAGE(opened.has_value(), opened.error().message);
    auto fold = view_fold::open(settings, &judge, views, *opened);
    REQUIRE(fold.has_value());
    const view_change yes{{0, 0, 0}, verdict::accepted, false, {}};
    const view_change no{{1, 0, 0}, verdict::rejected, false, reject_reason::incorrect};
    REQUIRE(fold->take(yes, std::array{accepted.size(), std::size_t{0}}, accepted).has_value());
    REQUIRE(fold->take(no, std::array{std::size_t{0}, rejected.size()}, rejected).has_value());
    REQUIRE(fold->flush().has_value());
    if (!finishes) return;
    REQUIRE(fold->finish().has_value());
    REQUIRE(opened->note_closed().has_value());
  }
  std::string foreign(const std::string& file) const {
    return path(file) +
           " exists and was not written by run a: move it away, or give another "
           "--output";
  }
  std::string edited(const std::string& file) const {
    return path(file) +
           " was changed since run a wrote it: move it away (what the run wrote is "
           "made anew from its ledger), or give another --output";
  }
};

}  // namespace

TEST_CASE("a file that the run did not write is refused and left as it is") {
  run_with_outputs run;
  run.root.file("out.jsonl", "precious\n");
  CHECK(run.refusal() == run.foreign("out.jsonl"));
  run.settings.outputs[0].path = run.path("mine.jsonl");
  run.write(whole);
  run.settings.outputs[0].rejected = true;
  run.root.file("mine.rejected.jsonl", "precious\n");
  CHECK(run.refusal() == run.foreign("mine.rejected.jsonl"));
  CHECK(content_of(run.path("out.jsonl")) == "precious\n");
  CHECK(content_of(run.path("mine.rejected.jsonl")) == "precious\n");
  CHECK(content_of(run.path("mine.jsonl")) == whole);
}

TEST_CASE(
    "views that an older run left in its directory are its own; what stands elsewhere is not") {
  run_with_outputs run;
  run.settings.outputs[0].path = run.path("run/finetuning_data.jsonl");
  run.root.file("run/finetuning_data.jsonl", "one\n");
  CHECK(run.refusal() == run.foreign("run/finetuning_data.jsonl"));
  run.root.file("run/ledger.jsonl", io::ledger_header());
  CHECK(run.refusal() == run.foreign("run/finetuning_data.jsonl"));
  run.root.file("run/ledger.jsonl", io::ledger_header() + "{}\n");
  run.root.file("out.jsonl", "precious\n");
  run.write(whole);
  CHECK(content_of(run.path("run/finetuning_data.jsonl")) == whole);
  run.settings.outputs[0].path = run.path("out.jsonl");
  CHECK(run.refusal() == run.foreign("out.jsonl"));
}

TEST_CASE("the same name in another working directory is another file") {
  run_with_outputs run;
  const auto before = fs::current_path();
  fs::create_directories(run.path("A"));
  fs::create_directories(run.path("B"));
  run.settings.outputs[0].path = "out.jsonl";
  fs::current_path(run.path("A"));
  run.write(whole);
  fs::current_path(run.path("B"));
  run.root.file("B/out.jsonl", "precious\n");
  const std::string refusal = run.refusal();
  fs::current_path(before);
  CHECK(refusal.starts_with("out.jsonl exists and was not written by run a"));
  CHECK(content_of(run.path("B/out.jsonl")) == "precious\n");
}

TEST_CASE("what the run wrote is its own, there and back, by whatever name, and may be made anew") {
  run_with_outputs run;
  run.write(whole);
  run.settings.outputs[0].path = run.path("b.jsonl");
  run.write(whole);
  run.settings.outputs[0].path = run.path("run/../out.jsonl");
  run.write("another filter\n");
  CHECK(content_of(run.path("out.jsonl")) == "another filter\n");
  fs::create_symlink("out.jsonl", run.path("link.jsonl"));
  run.settings.outputs[0].path = run.path("link.jsonl");
  run.write(whole);
  CHECK(content_of(run.path("out.jsonl")) == whole);
  CHECK(fs::is_symlink(run.path("link.jsonl")));
  CHECK(run.said.empty());
}

TEST_CASE("a file that was changed by hand is refused; an empty one holds nothing to lose") {
  run_with_outputs run;
  run.write(whole);
  for (const char* edit : {"one\ntwo\nthree\n", "One\ntwo\n"}) {
    CAPTURE(edit);
    run.root.file("out.jsonl", edit);
    CHECK(run.refusal() == run.edited("out.jsonl"));
    CHECK(content_of(run.path("out.jsonl")) == edit);
  }
  run.root.file("out.jsonl", "");
  run.write(whole);
  CHECK(content_of(run.path("out.jsonl")) == whole);
  fs::remove(run.path("out.jsonl"));
  run.write(whole);
  CHECK(content_of(run.path("out.jsonl")) == whole);
}

TEST_CASE(
    "a file that is shorter than the run left it is completed, and what differs kept beside") {
  run_with_outputs run;
  run.write(whole);
  for (const char* cut : {"o", "one\n", "one\ntw"}) {
    CAPTURE(cut);
    run.root.file("out.jsonl", cut);
    run.write(whole);
    CHECK(content_of(run.path("out.jsonl")) == whole);
  }
  CHECK(run.said.empty());
  run.root.file("out.jsonl", "two\n");
  run.write(whole);
  CHECK(content_of(run.path("out.jsonl")) == whole);
  CHECK(content_of(run.path("out.jsonl.1")) == "two\n");
  CHECK(run.said.size() == 1);
}

TEST_CASE("where there is no room to keep what differs nothing is written over") {
  run_with_outputs run;
  fs::create_directory(run.path("small"));
  const auto disk = test::small_disk::mount(run.path("small"), std::size_t{64} << 10);
  if (!disk) return;
  run.settings.outputs[0].path = run.path("small/out.jsonl");
  run.write(std::string(50'000, 'a'));
  const std::string edit(48'000, 'b');
  run.root.file("small/out.jsonl", edit);
  auto opened = run.open();
  REQUIRE(opened.has_value());
  auto fold = view_fold::open(run.settings, &run.judge, run.views, *opened);
  REQUIRE(fold.has_value());
  const view_change yes{{0, 0, 0}, verdict::accepted, false, {}};
  REQUIRE(fold->take(yes, std::array{sizeof(whole) - 1}, whole).has_value());
  const auto failed = fold->finish();
  REQUIRE(failed.has_error());
  CHECK(failed.error().message.find("cannot be kept as") != std::string::npos);
  CHECK(content_of(run.path("small/out.jsonl")) == edit);
  CHECK_FALSE(fs::exists(run.path("small/out.jsonl.1")));
}

TEST_CASE("another file in the place of a finished one is refused, unless it holds the same") {
  run_with_outputs run;
  run.write(whole);
  for (const char* name : {"out.jsonl", "run/finetuning_data.jsonl"}) {
    run.settings.outputs[0].path = run.path(name);
    run.write(whole);
    fs::rename(run.root.file("other", "one\n"), run.path(name));
    CHECK(run.refusal() == run.edited(name));
    fs::rename(run.root.file("other", whole), run.path(name));
    CHECK(run.refusal() == "");
  }
}

TEST_CASE("what a killed process left is completed") {
  run_with_outputs run;
  run.write("one\n", false);
  CHECK(content_of(run.path("out.jsonl")) == "one\n");
  run.write(whole);
  CHECK(content_of(run.path("out.jsonl")) == whole);
  CHECK(run.said.empty());
}

TEST_CASE("what a killed process left and is something else is kept beside") {
  run_with_outputs run;
  run.write("one\n", false);
  run.root.file("out.jsonl", "one\nthree\n");
  run.root.file("out.jsonl.1", "older");
  run.write(whole);
  CHECK(content_of(run.path("out.jsonl")) == whole);
  CHECK(content_of(run.path("out.jsonl.1")) == "older");
  CHECK(content_of(run.path("out.jsonl.2")) == "one\nthree\n");
  REQUIRE(run.said.size() == 1);
  CHECK(run.said[0] == run.path("out.jsonl") +
                           " is not what its run would write, from byte 5 on: what it held is kept "
                           "in " +
                           run.path("out.jsonl.2"));
}

TEST_CASE("another file in the place of one that a killed process left is the run's by its bytes") {
  run_with_outputs run;
  run.write("one\n", false);
  for (int again = 0; again < 2; ++again) {
    fs::rename(run.root.file("other", "one\nprecious\n"), run.path("out.jsonl"));
    auto opened = run.open();
    REQUIRE(opened.has_value());
    auto fold = view_fold::open(run.settings, &run.judge, run.views, *opened);
    REQUIRE(fold.has_value());
    const view_change yes{{0, 0, 0}, verdict::accepted, false, {}};
    REQUIRE(fold->take(yes, std::array{sizeof(whole) - 1}, whole).has_value());
    const auto finished = fold->finish();
    REQUIRE(finished.has_error());
    CHECK(finished.error().code == errc::mismatch);
    CHECK(finished.error().message ==
          run.path("out.jsonl") +
              " may be another file than the one that run a was writing when it was killed, and is "
              "not what it would write, from byte 4 on: move it away, or give another --output");
    CHECK(content_of(run.path("out.jsonl")) == "one\nprecious\n");
  }
  fs::rename(run.root.file("other", "one\nt"), run.path("out.jsonl"));
  run.write(whole);
  CHECK(content_of(run.path("out.jsonl")) == whole);
  CHECK(run.said.empty());
}

TEST_CASE("two runs cannot write one file") {
  run_with_outputs one;
  auto held = one.open();
  REQUIRE(held.has_value());
  run_with_outputs two;
  two.settings.outputs[0].path = one.settings.outputs[0].path;
  const auto refused = two.open();
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == errc::busy);
  CHECK(refused.error().message == one.path("out.jsonl") + ": another retort is running on it");
}

TEST_CASE("what is no regular file is refused without being opened") {
  run_with_outputs run;
  REQUIRE(::mkfifo(run.path("pipe").c_str(), 0600) == 0);
  fs::create_directory(run.path("directory"));
  fs::create_symlink("nowhere", run.path("dangling"));
  struct {
    std::string path, kind;
  } const cases[] = {
      {run.path("pipe"), "a pipe"},
      {run.path("directory"), "a directory"},
      {run.path("dangling"), "a link that leads nowhere"},
      {"/dev/null", "a device"},
      {"/dev/full", "a device"},
  };
  for (const auto& c : cases) {
    run.settings.outputs[0].path = c.path;
    CHECK(run.refusal() == c.path + " is " + c.kind +
                               "; an output must be a regular file, or \"-\" for standard output");
  }
  CHECK_FALSE(fs::exists(run.path("nowhere")));
}

TEST_CASE("both views in one file are refused, whatever they are called") {
  run_with_outputs run;
  run.settings.outputs[0].rejected = true;
  run.root.file("out.jsonl", "");
  fs::create_hard_link(run.path("out.jsonl"), run.path("out.rejected.jsonl"));
  CHECK(run.refusal() ==
        run.path("out.jsonl") + " and " + run.path("out.rejected.jsonl") + " are the same file");
}

TEST_CASE("a companion goes with what it tells of, and stays with what is as it was") {
  run_with_outputs run;
  const std::string companion = run.path("dataset_info.json");
  run.settings.outputs[0].format = "sharegpt";
  run.write(whole);
  REQUIRE(content_of(companion).find("\"out.jsonl\"") != std::string::npos);
  run.settings.outputs[0].format = "messages";
  run.settings.outputs[0].path = run.path("other.jsonl");
  run.write(whole);
  CHECK(fs::exists(companion));
  run.settings.outputs[0].path = run.path("run/../out.jsonl");
  run.write(whole);
  CHECK_FALSE(fs::exists(companion));
  run.settings.outputs[0].format = "sharegpt";
  run.write(whole);
  CHECK(fs::exists(companion));
}

TEST_CASE("a run that comes to nothing leaves no empty files, and touches none that were there") {
  run_with_outputs run;
  run.settings.outputs[0].rejected = true;
  run.root.file("out.rejected.jsonl", "");
  CHECK(run.refusal() == "");
  CHECK_FALSE(fs::exists(run.path("out.jsonl")));
  CHECK(fs::exists(run.path("out.rejected.jsonl")));
  CHECK_FALSE(fs::exists(run.path("run/outputs.json")));
}

TEST_CASE("outputs within the run directory move with it") {
  run_with_outputs run;
  run.settings.outputs[0].path = "";
  run.write(whole);
  fs::rename(run.path("run"), run.path("moved"));
  run.settings.run_dir = run.path("moved");
  run.write(std::string(whole) + "three\n");
  CHECK(content_of(run.path("moved/finetuning_data.jsonl")) == std::string(whole) + "three\n");
}

TEST_CASE("outputs beside the run directory are the run's where both were moved or copied") {
  run_with_outputs run;
  const auto stand_in = [&run](const std::string& project) {
    run.settings.run_dir = run.path(project + "/run");
    run.settings.outputs[0].path = run.path(project + "/out.jsonl");
  };
  stand_in("a");
  fs::create_directories(run.settings.run_dir);
  run.write(whole);
  fs::rename(run.path("a"), run.path("b"));
  stand_in("b");
  run.write(std::string(whole) + "three\n");
  fs::copy(run.path("b"), run.path("c"), fs::copy_options::recursive);
  stand_in("c");
  run.write(std::string(whole) + "four\n");
  CHECK(content_of(run.path("c/out.jsonl")) == std::string(whole) + "four\n");
  CHECK(content_of(run.path("b/out.jsonl")) == std::string(whole) + "three\n");
  fs::rename(run.path("c/run"), run.path("run_alone"));  // its output stays where it is
  run.settings.run_dir = run.path("run_alone");
  CHECK(run.refusal() == "");
}

TEST_CASE("the rejected ones of a run that pours its output are in the run directory") {
  run_with_outputs run;
  run.settings.outputs[0] = {"-", "prompt_completion", true};
  CHECK(views_of(run.settings).at(1)->path() == run.path("run/finetuning_data.rejected.jsonl"));
}

TEST_CASE("the run's own files are known by what they are") {
  run_with_outputs run;
  run.write(whole);
  run.settings.outputs[0].path = run.path("b.jsonl");
  run.write(whole);
  const auto own = own_files(run.settings);
  for (const char* name : {"out.jsonl", "b.jsonl", "run/outputs.json"}) {
    CAPTURE(name);
    CHECK(std::ranges::find(own, *io::identity_of(run.path(name))) != own.end());
  }
}

namespace {

// A run whose view is made of blocks, in several files.
struct run_with_blocks {
  run_with_outputs run;
  std::mt19937 random{7};

  run_with_blocks() {
    run.settings.models.resize(1);
    run.views.push_back(std::make_unique<test::block_view>(run.path("blocks")));
  }

  result<output_files> open() {
    output_options options;
    options.stop = std::make_shared<io::interrupt>();
    options.say = [this](const std::string& line) { run.said.push_back(line); };
    return output_files::open(run.settings, run.views, std::move(options));
  }
  static std::string line(std::uint64_t n) {
    sample one = test::answered(n, "yes");
    return test::padded(test::ledger_line_of(one));
  }
  // A process that folds the first so many lines and flushes now and then.
  void fold(std::uint64_t lines, bool finishes) {
    auto files = open();
    REQUIRE_MESSAGE(files.has_value(), files.error().message);
    auto fold = view_fold::open(run.settings, &run.judge, run.views, *files);
    REQUIRE_MESSAGE(fold.has_value(), fold.error().message);
    for (std::uint64_t n = 0; n < lines; ++n) {
      REQUIRE(fold->take(line(n)).has_value());
      if (random() % 4 == 0) REQUIRE(fold->flush().has_value());
    }
    if (!finishes) return;
    REQUIRE(fold->finish().has_value());
    REQUIRE(files->note_closed().has_value());
    CHECK(fold->rows(0) == lines);
  }
  std::map<std::string, std::string> content() const {
    std::map<std::string, std::string> files;
    for (const auto& each : fs::directory_iterator(run.root.path())) {
      if (each.is_regular_file()) {
        files.emplace(each.path().filename().string(), content_of(each.path().string()));
      }
    }
    return files;
  }
};

}  // namespace

TEST_CASE("a view of blocks in several files has the same bytes, whatever was flushed and killed") {
  constexpr std::uint64_t lines = 100;
  run_with_blocks undisturbed;
  undisturbed.fold(lines, true);
  const auto intact = undisturbed.content();
  REQUIRE(intact.size() == 3);  // 35 rows in each
  CHECK(intact.at("blocks-2").ends_with("\nend of 5 blocks\n"));

  for (unsigned seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    run_with_blocks killed;
    killed.random.seed(seed);
    std::uint64_t committed = 0;
    for (int life = 0; life < 6; ++life) {
      committed += killed.random() % (lines / 6);
      killed.fold(committed, killed.random() % 2 == 0);  // some finish what there is
    }
    killed.fold(lines, true);
    CHECK(killed.content() == intact);
    CHECK(killed.run.said.empty());
    killed.fold(lines, true);
    CHECK(killed.content() == intact);
  }
}

TEST_CASE("a kill in the middle of a write leaves a view that is completed") {
  run_with_blocks killed;
  killed.fold(100, true);
  const auto intact = killed.content();
  for (const auto& [name, content] : intact) {
    killed.fold(60, false);
    const std::string path = killed.run.path(name);
    for (const std::size_t cut : {std::size_t{0}, std::size_t{3}, content.size() / 2}) {
      if (fs::file_size(path) > cut) fs::resize_file(path, cut);
      killed.fold(100, true);
      CHECK(killed.content() == intact);
    }
  }
}

TEST_CASE(
    "files that a shorter fold has no more are taken away, and kept where they were changed") {
  run_with_blocks shrunk;
  shrunk.fold(100, true);
  shrunk.fold(40, true);
  CHECK(shrunk.content().size() == 2);
  CHECK(shrunk.run.said.empty());
  shrunk.fold(100, false);  // killed: nobody knows any more what it left
  shrunk.fold(40, true);
  CHECK(shrunk.content().size() == 4);
  CHECK(fs::exists(shrunk.run.path("blocks-1.1")));
  CHECK(fs::exists(shrunk.run.path("blocks-2.1")));
  REQUIRE(shrunk.run.said.size() == 2);
  CHECK(shrunk.run.said[1] == shrunk.run.path("blocks-2") +
                                  " is no part of the output now: kept as " +
                                  shrunk.run.path("blocks-2.1"));
}

TEST_CASE("every file of a view is looked at before anything is written, as far as it is known") {
  run_with_blocks run;
  run.fold(100, true);
  run.run.root.file("blocks-1", content_of(run.run.path("blocks-1")) + "my own\n");
  const auto refused = run.open();
  REQUIRE(refused.has_error());
  CHECK(refused.error().message == run.run.edited("blocks-1"));
  fs::remove(run.run.path("blocks-1"));
  run.fold(100, true);
  CHECK(run.content().size() == 3);
}

TEST_CASE("what a run left and the next one was killed before it touched is cut, not kept") {
  run_with_outputs run;
  run.write("one\ntwo\nend\n");
  {  // killed before its first flush
    auto files = run.open();
    REQUIRE(files.has_value());
    REQUIRE(view_fold::open(run.settings, &run.judge, run.views, *files).has_value());
  }
  run.write("one\ntwo\nthree\n");
  CHECK(content_of(run.path("out.jsonl")) == "one\ntwo\nthree\n");
  CHECK(run.said.empty());

  run.write("one\n", false);
  run.root.file("out.jsonl", "One\ntwo\nthree\n");  // as long as it was, but somebody's
  run.write(whole);
  CHECK(content_of(run.path("out.jsonl.1")) == "One\ntwo\nthree\n");
  CHECK(run.said.size() == 1);
}

TEST_CASE("a file in the way of one that a view goes on in is refused when its turn comes") {
  run_with_blocks run;
  run.run.root.file("blocks-1", "precious\n");
  auto files = run.open();
  REQUIRE(files.has_value());
  auto fold = view_fold::open(run.run.settings, &run.run.judge, run.run.views, *files);
  REQUIRE(fold.has_value());
  result<void> taken;
  std::uint64_t lines = 0;
  while (taken && lines < 100) taken = fold->take(run_with_blocks::line(lines++));
  CHECK(lines == 36);
  REQUIRE(taken.has_error());
  CHECK(taken.error().message == run.run.foreign("blocks-1"));
  CHECK(content_of(run.run.path("blocks-1")) == "precious\n");
}
