#include "engine/directory/replaced_outputs.hpp"

#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/outputs/outputs.hpp"
#include "engine/views/view_fold.hpp"
#include "tests/support/ledger_lines.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;
using test::content_of;
namespace fs = std::filesystem;

namespace {

struct rig {
  test::temporary_directory root;
  config settings;
  assessor judge = *assessor::make(settings);
  view_list views;
  std::vector<std::string> said;

  rig() {
    settings.run = "a";
    settings.run_dir = root.path() + "/run";
    settings.outputs[0].path = root.path() + "/out.jsonl";
    settings.outputs[0].rejected = false;
    fs::create_directory(settings.run_dir);
    views = views_of(settings);
  }
  std::string out() const { return settings.outputs[0].path; }
  output_options options() {
    return {std::make_shared<io::interrupt>(),
            [this](const std::string& line) { said.push_back(line); }};
  }
  void write(view_files& files, std::string_view text) {
    auto fold = view_fold::open(settings, &judge, views, files);
    REQUIRE(fold.has_value());
    const view_change yes{{0, 0, 0}, verdict::accepted, false, {}};
    REQUIRE(fold->take(yes, std::array{text.size()}, text).has_value());
    REQUIRE(fold->finish().has_value());
  }
  void run(std::string_view text) {
    auto files = output_files::open(settings, views, options());
    REQUIRE(files.has_value());
    write(*files, text);
    REQUIRE(files->note_closed().has_value());
    files->say_left_behind();
  }
  std::string replace(std::string_view text, bool at_work = false) {
    auto files = replaced_outputs::open(settings, views, options(), at_work);
    if (!files) return files.error().message;
    write(*files, text);
    const auto replaced = files->replace();
    return replaced ? "" : replaced.error().message;
  }
  output_book book() const { return *output_book::read({settings.run_dir}); }
};

}  // namespace

TEST_CASE("a replaced output is the run's, which goes on with it") {
  rig one;
  one.run("old\n");
  CHECK(one.replace("new and longer\n") == "");
  CHECK(content_of(one.out()) == "new and longer\n");
  one.run("old\n");
  CHECK(content_of(one.out()) == "old\n");
  CHECK(one.said.empty());
}

TEST_CASE("an output that would be the same stays, and one that is not there is made") {
  rig one;
  CHECK(one.replace("a\n") == "");
  const auto before = io::identity_of(one.out());
  CHECK(one.replace("a\n") == "");
  CHECK(io::identity_of(one.out()) == before);
  CHECK(one.book().find(one.out())->left->bytes == 2);
}

TEST_CASE("before it is replaced nothing of it is seen, whatever stops the fold") {
  rig one;
  one.run("old\n");
  {
    auto files = replaced_outputs::open(one.settings, one.views, one.options(), false);
    REQUIRE(files.has_value());
    one.write(*files, "new\n");
  }
  CHECK(content_of(one.out()) == "old\n");
  one.run("old\n");
  fs::remove(one.out());
  {
    auto files = replaced_outputs::open(one.settings, one.views, one.options(), false);
    REQUIRE(files.has_value());
    one.write(*files, "new\n");
  }
  CHECK(!fs::exists(one.out()));
}

TEST_CASE("a process that was killed between its note and the new name leaves a file of the run") {
  for (const bool is_replaced : {false, true}) {
    CAPTURE(is_replaced);
    rig one;
    one.run("old\n");
    auto book = one.book();
    const noted_output::content old = *book.find(one.out())->left;
    CHECK(one.replace("new, longer\n") == "");
    noted_output noted = *one.book().find(one.out());
    noted.before = old;
    book.note(one.out(), noted);
    REQUIRE(book.save().has_value());
    if (!is_replaced) {
      fs::remove(one.out());
      one.root.file("out.jsonl", "old\n");
    }
    one.run("third\n");
    CHECK(content_of(one.out()) == "third\n");
    CHECK(one.said.empty());  // nothing had to be kept
  }
}

TEST_CASE("what a killed run left and the export would not begin with is kept beside") {
  rig one;
  one.run("old\n");
  {
    auto files = output_files::open(one.settings, one.views, one.options());
    REQUIRE(files.has_value());
    auto fold = view_fold::open(one.settings, &one.judge, one.views, *files);
    REQUIRE(fold.has_value());
    const view_change yes{{0, 0, 0}, verdict::accepted, false, {}};
    REQUIRE(fold->take(yes, std::array{std::size_t{9}}, "unfinishe").has_value());
    REQUIRE(fold->flush().has_value());
  }
  CHECK(one.replace("unfinished\n") == "");  // goes on behind it
  CHECK(one.said.empty());
  {
    auto files = output_files::open(one.settings, one.views, one.options());
    auto fold = view_fold::open(one.settings, &one.judge, one.views, *files);
    const view_change yes{{0, 0, 0}, verdict::accepted, false, {}};
    REQUIRE(fold->take(yes, std::array{std::size_t{6}}, "torn, ").has_value());
    REQUIRE(fold->flush().has_value());
  }
  CHECK(one.replace("another\n") == "");
  CHECK(content_of(one.out()) == "another\n");
  CHECK(content_of(one.out() + ".1") == "torn, ");
  CHECK(one.said.size() == 1);
}

TEST_CASE("what somebody adds while an output is made anew is kept beside") {
  rig one;
  one.run("old\n");
  auto files = replaced_outputs::open(one.settings, one.views, one.options(), false);
  REQUIRE(files.has_value());
  one.write(*files, "new\n");
  std::ofstream(one.out(), std::ios::app) << "mine\n";
  REQUIRE(files->replace().has_value());
  CHECK(content_of(one.out()) == "new\n");
  CHECK(content_of(one.out() + ".1") == "old\nmine\n");
  CHECK(one.said.size() == 1);
}

TEST_CASE("what is not the run's is refused, and while a run is at work all that is there") {
  rig one;
  one.root.file("out.jsonl", "somebody's\n");
  CHECK(one.replace("new\n") == one.out() +
                                    " exists and was not written by run a: move it away, or give "
                                    "another --output");
  fs::remove(one.out());
  one.run("old\n");
  CHECK(one.replace("new\n", true) ==
        one.out() +
            " is there, and a run is at work on its ledger: give another --output, or wait for the "
            "run's end");
}

TEST_CASE("what an export makes beside a run at work is the run's, for both of them afterwards") {
  rig one;
  auto at_work = output_files::open(one.settings, one.views, one.options());
  REQUIRE(at_work.has_value());
  one.write(*at_work, "the run's\n");
  rig beside;
  beside.settings = one.settings;
  beside.settings.outputs[0].path = one.root.path() + "/other.jsonl";
  beside.views = views_of(beside.settings);
  CHECK(beside.replace("so far\n", true) == "");
  CHECK(content_of(beside.out()) == "so far\n");
  REQUIRE(at_work->note_closed().has_value());
  CHECK(one.book().find(one.out())->left->bytes == 10);
  CHECK(beside.replace("all of it\n") == "");
  CHECK(content_of(beside.out()) == "all of it\n");
}

TEST_CASE("a file of the run that no output writes any more stays, and is named once for all") {
  rig one;
  one.run("old\n");
  const std::string before = one.out();
  one.settings.outputs[0].path = one.root.path() + "/out.csv";
  one.views = views_of(one.settings);
  one.run("new\n");
  CHECK(content_of(before) == "old\n");
  REQUIRE(one.said.size() == 1);
  CHECK(one.said[0] ==
        "no output writes these files of the run now; they stay as they were: " + before);
  fs::remove(before);
  one.run("new\n");
  CHECK(one.said.size() == 1);
}

TEST_CASE("two new names of one file are refused, through whatever links") {
  rig one;
  fs::create_directory(one.root.path() + "/real");
  fs::create_directory_symlink(one.root.path() + "/real", one.root.path() + "/link");
  one.settings.outputs.push_back(one.settings.outputs[0]);
  one.settings.outputs[0].path = one.root.path() + "/real/out.jsonl";
  one.settings.outputs[1].path = one.root.path() + "/link/out.jsonl";
  one.views = views_of(one.settings);
  const auto files = replaced_outputs::open(one.settings, one.views, one.options(), false);
  REQUIRE_FALSE(files.has_value());
  CHECK(files.error().code == errc::usage);
  CHECK(files.error().message.ends_with(" are the same file"));
  CHECK_FALSE(fs::exists(one.settings.outputs[0].path));
}
