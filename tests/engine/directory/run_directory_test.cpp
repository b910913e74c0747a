#include "engine/directory/run_directory.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "engine/directory/output_book.hpp"
#include "engine/directory/output_files.hpp"
#include "engine/directory/run_facts.hpp"
#include "io/file/file.hpp"
#include "io/ledger/ledger_log.hpp"
#include "tests/support/plain_disk.hpp"
#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/unreadable.hpp"

using namespace retort;
using namespace retort::engine;
using test::content_of;
namespace fs = std::filesystem;

namespace {

struct run_on_disk {
  test::temporary_directory root;
  config settings;
  run_directory where;

  run_on_disk() {
    settings.run = "a";
    settings.run_dir = root.path() + "/runs/a";
    settings.prompt.user = "{{question}}";
    settings.models.resize(1);
    settings.models[0].provider = "openai";
    settings.models[0].model = "m";
    settings.sampling.temperature = 0.7;
    where.path = settings.run_dir;
  }

  // "" when the config is admitted.
  std::string refusal() const {
    const auto admitted = admit_config(where, settings);
    if (!admitted) CHECK(admitted.error().code == errc::mismatch);
    if (admitted) CHECK(record_config(where, settings).has_value());
    return admitted ? "" : admitted.error().message;
  }
  void begin() const {
    REQUIRE(open_run_directory(settings.run_dir).has_value());
    REQUIRE(refusal() == "");
  }
  std::string moved() const {
    const auto to = move_aside(where, settings);
    REQUIRE_MESSAGE(to.has_value(), to.error().message);
    return *to;
  }
  std::string file(const std::string& name, const std::string& content) const {
    return root.file(name, content);
  }
  // A file that the run was killed at.
  void wrote(const std::string& name, const std::string& content) const {
    const std::string path = file(name, content);
    auto outputs = output_book::read(where);
    REQUIRE(outputs.has_value());
    outputs->note(path, {io::identity_of(path)->number, {}, {}});
    REQUIRE(outputs->save().has_value());
  }
};

}  // namespace

TEST_CASE("a free name is no file's and no link's, not even one that leads nowhere") {
  const test::temporary_directory root;
  const std::string path = root.file("a", "");
  CHECK(free_name(path) == path + ".1");
  root.file("a.1", "");
  fs::create_symlink("nowhere", path + ".2");
  CHECK(free_name(path) == path + ".3");
}

TEST_CASE("a run directory is made with its parents, and is where its files are") {
  const test::temporary_directory root;
  const std::string path = root.path() + "/a/b/c";
  for (int again = 0; again < 2; ++again) {
    const auto made = open_run_directory(path);
    REQUIRE(made.has_value());
    CHECK(fs::is_directory(path));
    CHECK(made->manifest() == path + "/manifest.json");
    CHECK(made->ledger() == path + "/ledger.jsonl");
  }
}

TEST_CASE("a run directory that cannot be made is named") {
  const test::temporary_directory root;
  const std::string path = root.file("a", "") + "/b";
  const auto made = open_run_directory(path);
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == errc::unwritable);
  CHECK(made.error().message == path + ": Not a directory");
}

TEST_CASE("differences are told key by key") {
  using shape = std::map<std::string, std::string>;
  struct {
    shape before, now;
    const char* text;
  } const table[] = {
      {{}, {}, ""},
      {{{"a", "1"}}, {{"a", "1"}}, ""},
      {{{"a", "1"}}, {{"a", "2"}}, R"(a was "1", now "2")"},
      {{{"a", "1"}}, {}, R"(a was "1", now not set)"},
      {{}, {{"a", ""}}, R"(a was not set, now "")"},
      {{{"a", "1"}, {"b", "2"}, {"c", "3"}},
       {{"b", "2"}, {"c", "4"}, {"d", "5"}},
       R"(a was "1", now not set; c was "3", now "4"; d was not set, now "5")"},
      // A number of a key's JSON is the same however it is spelt; a text is what it is.
      {{{"sampling.extra", R"({"x":1.5})"},
        {"vary.sampling.extra.1", R"({"x":0.001})"},
        {"steps.0.sampling.tools", "[100.0]"},
        {"evaluate.0.json_schema.schema", R"({"minimum":0.1})"},
        {"evaluate.0.judge.sampling.response_schema", R"({"minimum":0.1})"}},
       {{"sampling.extra", R"({"x":1.50})"},
        {"vary.sampling.extra.1", R"({"x":1e-3})"},
        {"steps.0.sampling.tools", "[1e2]"},
        {"evaluate.0.json_schema.schema", R"({"minimum":0.10})"},
        {"evaluate.0.judge.sampling.response_schema", R"({"minimum":1e-1})"}},
       ""},
      {{{"sampling.extra", R"({"x":1.5})"}},
       {{"sampling.extra", R"({"x":1.51})"}},
       R"(sampling.extra was "{"x":1.5}", now "{"x":1.51}")"},
      {{{"prompt.messages.0.content", "[0.1]"}},
       {{"prompt.messages.0.content", "[0.10]"}},
       R"(prompt.messages.0.content was "[0.1]", now "[0.10]")"},
  };
  for (const auto& [before, now, text] : table) CHECK(describe_changes(before, now) == text);
}

TEST_CASE("the manifest of a new run says what shaped it, once") {
  const run_on_disk run;
  run.begin();
  const std::string manifest = content_of(run.where.manifest());
  CHECK(manifest ==
        R"({"retort_manifest":1,"run":"a","answers":{"models.0.model":"m",)"
        R"("models.0.provider":"openai","prompt.user":"{{question}}",)"
        R"("sampling.temperature":"0.7"},"views":{"filter.finish":"stop, tool_calls, unknown",)"
        R"("filter.only_correct":"false",)"
        R"("output.format":"prompt_completion","output.rejected":"false"}})"
        "\n");
  CHECK(run.refusal() == "");
  CHECK(content_of(run.where.manifest()) == manifest);
  CHECK_FALSE(fs::exists(run.where.manifest() + ".new"));
}

TEST_CASE("whatever the config's texts hold, the manifest knows them again") {
  run_on_disk run;
  run.settings.prompt.user = "a \"b\" \\ {{c}}\n\té\x01";
  run.settings.models[0].mock = {{"replay", "\"\n"}};
  run.settings.reference = {"{{x}}", "#### \"(.*)\""};
  run.begin();
  CHECK(run.refusal() == "");
}

TEST_CASE("another answer-shaping config is refused with every key that differs") {
  run_on_disk run;
  run.begin();
  const std::string manifest = content_of(run.where.manifest());
  run.settings.sampling.temperature = 0.9;
  run.settings.prompt.system = "Be brief.";
  CHECK(run.refusal() ==
        run.where.path +
            " holds answers to another config: sampling.temperature was \"0.7\", now \"0.9\"; "
            "prompt.system was not set, now \"Be brief.\". Give the old values, another run name, "
            "or --fresh to start over (the old run is kept)");
  CHECK(content_of(run.where.manifest()) == manifest);
}

TEST_CASE("what shapes neither the answers nor the views may change") {
  run_on_disk run;
  run.begin();
  run.settings.run = "b";
  run.settings.models[0].limits.concurrency = 7;
  run.settings.models[0].timeout_s = 7;
  run.settings.models[0].api_key_env = "KEY";
  run.settings.attempts = 2;
  run.settings.durability = durability::flush;
  run.settings.dataset.limit = 10;
  CHECK(run.refusal() == "");
}

TEST_CASE("a manifest that cannot be read is not written over") {
  const run_on_disk run;
  for (const char* content : {"", "{", "[]", R"({"run":"a"})", R"({"retort_manifest":2})"}) {
    CAPTURE(content);
    const auto path = run.file("runs/a/manifest.json", content);
    CHECK(run.refusal() == path + " is not a manifest of this retort");
    CHECK(content_of(path) == content);
  }
}

TEST_CASE("a manifest that cannot be written is an error of its own") {
  const run_on_disk run;
  const auto admitted = record_config(run.where, run.settings);  // there is no directory
  REQUIRE_FALSE(admitted.has_value());
  CHECK(admitted.error().code == errc::unwritable);
}

TEST_CASE("a run that is not there need not be moved") {
  const run_on_disk run;
  CHECK(run.moved() == "");
}

TEST_CASE("an earlier run is moved to the first free number, whole") {
  const run_on_disk run;
  for (const std::string number : {"1", "2", "3"}) {
    run.begin();
    run.file("runs/a/ledger.jsonl", "ledger " + number);
    run.file("runs/a/finetuning_data.jsonl", "view " + number);
    CHECK(run.moved() == run.where.path + "." + number);
    CHECK(fs::is_regular_file(run.where.outputs()));
    CHECK_FALSE(fs::exists(run.where.manifest()));
    CHECK(content_of(run.where.path + "." + number + "/ledger.jsonl") == "ledger " + number);
    CHECK(content_of(run.where.path + "." + number + "/finetuning_data.jsonl") == "view " + number);
  }
  (void)test::on_plain_disk([&] {
    run.begin();
    run.file("runs/a/ledger.jsonl", "ledger 4");
    CHECK(run.moved() == run.where.path + ".4");
    CHECK(content_of(run.where.path + ".4/ledger.jsonl") == "ledger 4");
    CHECK(fs::is_regular_file(run.where.outputs()));
  });
  const auto own = earlier_files(run.settings);
  for (const char* number : {".1", ".2", ".3"}) {
    const auto which = io::identity_of(run.where.path + number + "/ledger.jsonl");
    CHECK(std::ranges::find(own, which) != own.end());
  }
}

TEST_CASE("a fresh start that was killed, whenever, goes on where it was") {
  run_on_disk run;
  run.settings.outputs[0].path = run.root.path() + "/data.jsonl";
  run.begin();
  run.file("runs/a/ledger.jsonl", "ledger");
  run.wrote("data.jsonl", "accepted");
  auto elsewhere =
      output_files::hold_elsewhere(run.settings, {std::make_shared<io::interrupt>(), {}});
  REQUIRE(elsewhere->move_away().has_value());  // and no further
  CHECK(fs::exists(run.where.manifest()));
  CHECK(!fs::exists(run.root.path() + "/data.jsonl"));
  CHECK(run.moved() == run.where.path + ".1");
  const auto own = earlier_files(run.settings);
  const auto data = io::identity_of(run.root.path() + "/data.jsonl.1");
  CHECK(std::ranges::find(own, data) != own.end());
  CHECK(run.moved() == "");  // nothing has begun in what is there now
  run.file("runs/a/ledger.jsonl", io::ledger_header());
  CHECK(run.moved() == "");
  CHECK(earlier_files(run.settings) == own);
  run.begin();
  CHECK(run.moved() == run.where.path + ".2");
}

TEST_CASE(
    "a fresh start looks at outputs that nothing can be written to before it moves anything") {
  run_on_disk run;
  run.settings.outputs[0].path = run.root.path() + "/data.jsonl";
  fs::create_directory(run.settings.outputs[0].path);
  const auto held =
      output_files::hold_elsewhere(run.settings, {std::make_shared<io::interrupt>(), {}});
  REQUIRE_FALSE(held.has_value());
  CHECK(held.error().message.find("data.jsonl is a directory") != std::string::npos);
}

TEST_CASE("the views that an earlier run wrote elsewhere are moved too, and no others") {
  run_on_disk run;
  run.settings.outputs[0] = {run.root.path() + "/data.jsonl", "prompt_completion", true};
  run.begin();
  run.file("data.jsonl.1", "older");
  run.wrote("data.jsonl", "accepted");
  run.wrote("data.rejected.jsonl", "rejected");
  run.wrote("before.jsonl", "of an --output before");
  run.moved();
  CHECK_FALSE(fs::exists(run.root.path() + "/data.jsonl"));
  CHECK_FALSE(fs::exists(run.root.path() + "/data.rejected.jsonl"));
  CHECK(content_of(run.root.path() + "/data.jsonl.1") == "older");
  CHECK(content_of(run.root.path() + "/data.jsonl.2") == "accepted");
  CHECK(content_of(run.root.path() + "/data.rejected.jsonl.1") == "rejected");

  CHECK(content_of(run.root.path() + "/before.jsonl") == "of an --output before");
  for (int again = 0; again < 2; ++again) {
    const auto own = earlier_files(run.settings);
    for (const char* name : {"data.jsonl.2", "data.rejected.jsonl.1", "before.jsonl"}) {
      CAPTURE(name);
      const auto which = io::identity_of(run.root.path() + "/" + name);
      CHECK(std::ranges::find(own, which) != own.end());
    }
    run.begin();
    run.moved();
  }
  run.root.file("another.jsonl", "a dataset");  // a new file by an old name is no output
  fs::rename(run.root.path() + "/another.jsonl", run.root.path() + "/before.jsonl");
  run.begin();
  run.moved();
  const auto now = io::identity_of(run.root.path() + "/before.jsonl");
  CHECK(std::ranges::count(earlier_files(run.settings), now) == 0);

  run.begin();
  run.settings.outputs[0].path = run.file("theirs.jsonl", "precious\n");
  CHECK(move_aside(run.where, run.settings)
            .error()
            .message.starts_with(run.settings.outputs[0].path +
                                 " exists and was not written by run a: "));
  CHECK(fs::exists(run.where.manifest()));
  CHECK(content_of(run.settings.outputs[0].path) == "precious\n");
}

TEST_CASE("what stands at a view's path and is another's is not moved by a fresh run") {
  run_on_disk run;
  const std::string path = run.root.path() + "/data.jsonl";
  run.settings.outputs[0].path = path;
  run.begin();
  run.wrote("data.jsonl", "ours");
  fs::rename(path, run.root.path() + "/kept.jsonl");
  run.file("data.jsonl", "theirs");
  const auto refused = [&] {
    const auto moved = move_aside(run.where, run.settings);
    REQUIRE_FALSE(moved.has_value());
    CHECK(content_of(path) == "theirs");
    CHECK(fs::exists(run.where.manifest()));
    return moved.error();
  };
  CHECK(refused().code == errc::mismatch);
  CHECK(refused().message == path +
                                 " may be another file than the one that run a was writing when it "
                                 "was killed: move it away, or give another --output");
  auto held = io::file::open(path, O_RDWR);
  REQUIRE(held.has_value());
  REQUIRE((*held)->lock().has_value());
  CHECK(refused().code == errc::busy);
}

TEST_CASE("a run directory that is a link stays on its disk when its run is moved aside") {
  run_on_disk run;
  fs::create_directories(run.root.path() + "/scratch/a");
  fs::create_directories(run.root.path() + "/runs");
  fs::create_directory_symlink(run.root.path() + "/scratch/a", run.where.path);
  run.begin();
  CHECK(run.moved() == run.root.path() + "/scratch/a.1");
  CHECK(fs::is_symlink(run.where.path));
  run.begin();
  fs::remove_all(run.root.path() + "/scratch/a");
  const auto opened = open_run_directory(run.where.path);
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().message ==
        run.where.path + " is a link to " + run.root.path() + "/scratch/a, which is not there");
}

TEST_CASE("a run directory is moved aside whatever stands behind its name, the working one never") {
  run_on_disk run;
  run.begin();
  const auto moved_as = [&](const std::string& path) {
    run.settings.run_dir = path;
    return move_aside({path}, run.settings);
  };
  CHECK(moved_as(run.where.path + "/").value() == run.where.path + ".1");
  run.begin();
  CHECK(moved_as(run.where.path + "/.").value() == run.where.path + ".2");
  const auto refused = moved_as(".");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == errc::usage);
  CHECK(refused.error().message.starts_with("run_dir . holds the working directory"));
}

TEST_CASE("a run that is being worked on is not moved") {
  const run_on_disk run;
  run.begin();
  auto ledger = io::ledger_log::open(run.where.ledger(), {});
  REQUIRE(ledger.has_value());
  const auto moved = move_aside(run.where, run.settings);
  REQUIRE_FALSE(moved.has_value());
  CHECK(moved.error().code == errc::busy);
  CHECK(fs::exists(run.where.manifest()));
  ledger->reset();
  CHECK(run.moved() != "");
}

TEST_CASE(
    "samples without the manifest that says what they answer are refused, an empty ledger is not") {
  const run_on_disk run;
  run.file("runs/a/ledger.jsonl", io::ledger_header());
  CHECK(run.refusal() == "");  // killed between the two
  fs::remove(run.where.manifest());
  run.file("runs/a/ledger.jsonl", test::ledger_of({test::answered(0, "1")}));
  CHECK(run.refusal() == run.where.path + " holds what was paid for, and " + run.where.manifest() +
                             ", which says what it answers, is not there: put it back, give "
                             "another run name, or --fresh to start over (the old run is kept)");
  CHECK_FALSE(fs::exists(run.where.manifest()));
}

TEST_CASE("what a run would write over is not, where no run has been") {
  run_on_disk run;
  for (const char* name : {"summary.json", "spending.json", "marks.jsonl"}) {
    CAPTURE(name);
    const std::string path = run.file(std::string("runs/a/") + name, "{\"my\": \"results\"}\n");
    const std::string refusal = run.refusal();
    CHECK(refusal.starts_with(path + " is "));
    CHECK(refusal.find("away") != std::string::npos);
    CHECK(content_of(path) == "{\"my\": \"results\"}\n");
    fs::remove(path);
  }
}

TEST_CASE("a key in a config is in no manifest, no shard's config and no refusal") {
  run_on_disk run;
  const std::string key = "sk-abcdefghijklmnop1234567890";
  REQUIRE(::setenv("RETORT_TEST_KEY", key.c_str(), 1) == 0);
  run.settings.models[0].api_key_env = "RETORT_TEST_KEY";
  run.settings.prompt.system = "the key is " + key;
  run.settings.resolved = "\"prompt\": {\"system\": " + key + ", \"user\": \"is " + key + "\"}\n";
  run.settings.shard = {0, 2, run.where.path};
  run.begin();
  CHECK(run.refusal() == "");
  for (const std::string& one : {run.where.manifest(), run.where.config()}) {
    CHECK(content_of(one).find(key) == std::string::npos);
  }
  CHECK(content_of(run.where.config())
            .ends_with(R"("prompt": {"system": "***", "user": "is ***"})"
                       "\n"));
  run.settings.prompt.system = key + " is the key";
  CHECK(run.refusal().find("prompt.system was \"the key is ***\", now \"***") != std::string::npos);
  REQUIRE(::unsetenv("RETORT_TEST_KEY") == 0);
}

TEST_CASE(
    "what steps before the last judge by may not change, whatever filed it, nor what it held") {
  run_on_disk run;
  const std::string scores = run.file("s.jsonl", "{\"id\":\"a\",\"score\":1}\n");
  config first = run.settings;
  first.evaluate = {{.kind = "scores", .keys = {{"path", {scores}}}}, {.kind = "exact"}};
  run.settings.earlier = {first};
  run.settings.reference = {"{{x}}", {}};
  run.begin();
  std::string manifest = content_of(run.where.manifest());
  run.settings.reference->text = "9{{x}}";
  CHECK(run.refusal().find(R"(reference.template was "{{x}}", now "9{{x}}")") != std::string::npos);
  run.settings.reference->text = "{{x}}";
  run.file("s.jsonl", "{\"id\":\"a\",\"score\":0}\n");
  CHECK(run.refusal().find("steps.0.evaluate.0.scores.path.content was") != std::string::npos);

  const auto drop = [&manifest](const std::string& name) {  // as versions before had it
    const auto at = manifest.find("\"" + name);
    manifest.erase(at, manifest.find(',', at) + 1 - at);
  };
  drop("steps.0.evaluate.0.scores.path.content");
  drop("reference.template");
  run.file("runs/a/manifest.json", manifest);
  run.settings.reference->text = "9{{x}}";
  CHECK(run.refusal().find("reference.template was") != std::string::npos);
  run.settings.reference->text = "{{x}}";
  CHECK(run.refusal() == "");
}

TEST_CASE("a manifest of an older retort is read by what its keys shape today") {
  run_on_disk run;
  run.begin();
  std::string manifest = content_of(run.where.manifest());
  const std::string model = R"("models.0.model":"m",)";
  manifest.insert(manifest.find(model), R"("models.0.base_url":"http://old/v1",)");
  run.file("runs/a/manifest.json", manifest);
  run.settings.models[0].base_url = "http://new/v1";
  CHECK(run.refusal() == "");

  manifest.insert(manifest.find(model),
                  R"("filter.min_length":"3",)");  // as if it were an answer's
  run.file("runs/a/manifest.json", manifest);
  CHECK(run.refusal() == "");

  manifest.insert(manifest.find(model), R"("sampling.charm":"7",)");  // of a later version
  run.file("runs/a/manifest.json", manifest);
  CHECK(run.refusal().find("sampling.charm was \"7\", now not set") != std::string::npos);
}

TEST_CASE("an admitted config changes nothing before it is recorded") {
  run_on_disk run;
  run.begin();
  const std::string view = run.file("runs/a/finetuning_data.jsonl", "x\n");
  const std::string manifest = content_of(run.where.manifest());
  run.settings.filter.min_length = 7;
  REQUIRE(admit_config(run.where, run.settings).has_value());
  CHECK(content_of(view) == "x\n");
  CHECK(content_of(run.where.manifest()) == manifest);
  REQUIRE(record_config(run.where, run.settings).has_value());
  CHECK(content_of(view) == "x\n");  // that is for who opens it
  CHECK(content_of(run.where.manifest()) != manifest);
}

TEST_CASE("what a run has left and cannot be looked at is not taken for absent") {
  const run_on_disk run;
  run.begin();
  run.file("runs/a/ledger.jsonl", test::ledger_of({test::answered(0, "1")}));
  const auto check_unreadable = [](const std::string& path, const auto& what) {
    CAPTURE(path);
    test::make_unreadable(path);
    const auto done = what();
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().code == errc::unreadable);
    CHECK(done.error().message.starts_with(path));
    test::make_readable(path);
  };
  const auto admitted = [&] { return admit_config(run.where, run.settings); };
  const auto moved = [&] { return move_aside(run.where, run.settings); };
  for (const std::string& one : {run.where.path, run.where.manifest(), run.where.ledger()}) {
    check_unreadable(one, admitted);
    check_unreadable(one, moved);
  }
  const auto outputs = [&] { return output_book::read(run.where); };
  check_unreadable(run.where.ledger(), outputs);
  run.file("runs/a/outputs.json", "");
  check_unreadable(run.where.outputs(), outputs);
  run.file("runs/a/summary.json", "");
  check_unreadable(run.where.summary(), [&] { return read_facts(run.where); });
  fs::remove(run.where.outputs());
  run.file("runs/a/shards/notes", "");
  check_unreadable(run.where.path + "/shards", moved);
  CHECK(run.moved() != "");
}

TEST_CASE("an output elsewhere that cannot be looked at is not left behind by a fresh run") {
  run_on_disk run;
  run.settings.outputs[0] = {run.root.path() + "/data.jsonl", "prompt_completion", true};
  run.begin();
  run.wrote("data.jsonl", "x");
  test::make_unreadable(run.root.path() + "/data.jsonl");
  CHECK(move_aside(run.where, run.settings).error().code == errc::unreadable);
  CHECK(fs::exists(run.where.manifest()));
}
