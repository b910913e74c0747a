#include "engine/directory/output_files.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "engine/directory/run_directory.hpp"
#include "tests/support/ledger_lines.hpp"
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

  run_with_outputs() {
    settings.run = "a";
    settings.run_dir = root.path() + "/run";
    settings.output.path = root.path() + "/out.jsonl";
    fs::create_directory(settings.run_dir);
  }

  std::string path(const std::string& name) const { return root.path() + "/" + name; }
  result<output_files> open() {
    output_options options;
    options.stop = std::make_shared<io::interrupt>();
    options.say = [this](const std::string& line) { said.push_back(line); };
    return output_files::open(settings, std::move(options));
  }
  std::string refusal() {
    const auto opened = open();
    return opened ? "" : opened.error().message;
  }
  // A process that writes so much, and is killed unless it finishes.
  void write(std::string_view accepted, bool finishes = true, std::string_view rejected = "") {
    auto opened = open();
    REQUIRE_MESSAGE(opened.has_value(), opened.error().message);
    auto sinks = opened->begin();
    REQUIRE(sinks.has_value());
    auto fold = view_fold::open(settings, &judge, std::move(*sinks));
    REQUIRE(fold.has_value());
    REQUIRE(fold->take({{0, 0, 0}, verdict::accepted, false, {}}, accepted).has_value());
    const view_change no{{1, 0, 0}, verdict::rejected, false, reject_reason::incorrect};
    REQUIRE(fold->take(no, rejected).has_value());
    REQUIRE(fold->flush().has_value());
    if (!finishes) return;
    REQUIRE(fold->finish().has_value());
    REQUIRE(opened->finish(*fold).has_value());
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
  run.settings.output.path = run.path("mine.jsonl");
  run.write(whole);
  run.settings.output.rejected = true;
  run.root.file("mine.rejected.jsonl", "precious\n");
  CHECK(run.refusal() == run.foreign("mine.rejected.jsonl"));
  CHECK(content_of(run.path("out.jsonl")) == "precious\n");
  CHECK(content_of(run.path("mine.rejected.jsonl")) == "precious\n");
  CHECK(content_of(run.path("mine.jsonl")) == whole);
}

TEST_CASE(
    "views that an older run left in its directory are its own; what stands elsewhere is not") {
  run_with_outputs run;
  run.settings.output.path = run.path("run/finetuning_data.jsonl");
  run.root.file("run/finetuning_data.jsonl", "one\n");
  CHECK(run.refusal() == run.foreign("run/finetuning_data.jsonl"));
  run.root.file("run/ledger.jsonl", "{}\n");
  run.root.file("out.jsonl", "precious\n");
  run.write(whole);
  CHECK(content_of(run.path("run/finetuning_data.jsonl")) == whole);
  run.settings.output.path = run.path("out.jsonl");
  CHECK(run.refusal() == run.foreign("out.jsonl"));
}

TEST_CASE("the same name in another working directory is another file") {
  run_with_outputs run;
  const auto before = fs::current_path();
  fs::create_directories(run.path("A"));
  fs::create_directories(run.path("B"));
  run.settings.output.path = "out.jsonl";
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
  run.settings.output.path = run.path("b.jsonl");
  run.write(whole);
  run.settings.output.path = run.path("run/../out.jsonl");
  run.write("another filter\n");
  CHECK(content_of(run.path("out.jsonl")) == "another filter\n");
  fs::create_symlink("out.jsonl", run.path("link.jsonl"));
  run.settings.output.path = run.path("link.jsonl");
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
  run.settings.output.path = run.path("small/out.jsonl");
  run.write(std::string(50'000, 'a'));
  const std::string edit(48'000, 'b');
  run.root.file("small/out.jsonl", edit);
  auto opened = run.open();
  REQUIRE(opened.has_value());
  auto sinks = opened->begin();
  REQUIRE(sinks.has_value());
  auto fold = view_fold::open(run.settings, &run.judge, std::move(*sinks));
  REQUIRE(fold.has_value());
  REQUIRE(fold->take({{0, 0, 0}, verdict::accepted, false, {}}, whole).has_value());
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
    run.settings.output.path = run.path(name);
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

TEST_CASE("another file in the place of one that a killed process left is foreign") {
  run_with_outputs run;
  run.write("one\n", false);
  const auto other = run.root.file("other", "precious\n");
  fs::rename(other, run.path("out.jsonl"));
  CHECK(run.refusal() == run.foreign("out.jsonl"));
}

TEST_CASE("two runs cannot write one file") {
  run_with_outputs one;
  auto held = one.open();
  REQUIRE(held.has_value());
  run_with_outputs two;
  two.settings.output.path = one.settings.output.path;
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
    run.settings.output.path = c.path;
    CHECK(run.refusal() == c.path + " is " + c.kind +
                               "; an output must be a regular file, or \"-\" for standard output");
  }
  CHECK_FALSE(fs::exists(run.path("nowhere")));
}

TEST_CASE("both views in one file are refused, whatever they are called") {
  run_with_outputs run;
  run.settings.output.rejected = true;
  run.root.file("out.jsonl", "");
  fs::create_hard_link(run.path("out.jsonl"), run.path("out.rejected.jsonl"));
  CHECK(run.refusal() ==
        run.path("out.jsonl") + " and " + run.path("out.rejected.jsonl") + " are the same file");
}

TEST_CASE("a run that comes to nothing leaves no empty files, and touches none that were there") {
  run_with_outputs run;
  run.settings.output.rejected = true;
  run.root.file("out.rejected.jsonl", "");
  CHECK(run.refusal() == "");
  CHECK_FALSE(fs::exists(run.path("out.jsonl")));
  CHECK(fs::exists(run.path("out.rejected.jsonl")));
  CHECK_FALSE(fs::exists(run.path("run/outputs.json")));
}

TEST_CASE("outputs within the run directory move with it") {
  run_with_outputs run;
  run.settings.output.path = "";
  run.write(whole);
  fs::rename(run.path("run"), run.path("moved"));
  run.settings.run_dir = run.path("moved");
  run.write(std::string(whole) + "three\n");
  CHECK(content_of(run.path("moved/finetuning_data.jsonl")) == std::string(whole) + "three\n");
}

TEST_CASE("the rejected ones of a run that pours its output are in the run directory") {
  run_with_outputs run;
  run.settings.output = {"-", output_format::prompt_completion, true};
  CHECK(paths_of_views(run.settings).rejected == run.path("run/finetuning_data.rejected.jsonl"));
}

TEST_CASE("the run's own files are known by what they are") {
  run_with_outputs run;
  run.write(whole);
  run.settings.output.path = run.path("b.jsonl");
  run.write(whole);
  const auto own = own_files(run.settings);
  for (const char* name : {"out.jsonl", "b.jsonl", "run/outputs.json"}) {
    CAPTURE(name);
    CHECK(std::ranges::find(own, *io::identity_of(run.path(name))) != own.end());
  }
}
