#include "engine/config/config_extends.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "engine/config/config.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

struct project {
  test::temporary_directory files;

  project() {
    files.file("base.yaml",
               "run: base\nrun_dir: elsewhere\ndataset: {path: a.jsonl, limit: 9}\n"
               "prompt: {system: s, user: \"{{q}}\"}\nmodels: [{provider: mock}, {provider: mock, "
               "model: b}]\nsampling: {temperature: 0.5, max_tokens: 8}\nmax_failed: 3\n");
  }
  result<config> load(const std::string& text, const std::string& name = "own.yaml",
                      const std::vector<override_value>& set = {}) const {
    return load_config(files.file(name, text), set);
  }
  std::string problem(const std::string& text, const std::string& name = "own.yaml") const {
    const auto out = load(text, name);
    REQUIRE_FALSE(out.has_value());
    CHECK(out.error().code == errc::usage);
    std::string told = out.error().message;
    for (std::size_t at; (at = told.find(files.path() + "/")) != told.npos;)
      told.erase(at, files.path().size() + 1);
    return told;
  }
};

}  // namespace

TEST_CASE("a config has what it says, and of its base what it does not") {
  const project of;
  const auto c = of.load(
      "extends: base.yaml\nsampling: {temperature: 1}\nmodels: [{provider: mock, model: c}]\n"
      "prompt: {system: null}\n");
  REQUIRE_MESSAGE(c.has_value(), c.error().message);
  CHECK(c->run == "own");  // its own name, and its own directory
  CHECK(c->run_dir == "runs/own");
  CHECK(c->dataset.limit == 9);
  CHECK(c->sampling.temperature == 1);
  CHECK(c->sampling.max_tokens == 8);
  REQUIRE(c->models.size() == 1);  // a list is replaced
  CHECK(c->models[0].model == "c");
  CHECK(c->prompt.user == "{{q}}");
  CHECK_FALSE(c->prompt.system);
  CHECK(c->max_failed == 3);
}

TEST_CASE("what is set on the command line comes last, and a base may have one itself") {
  const project of;
  std::filesystem::create_directory(of.files.path() + "/sub");
  of.files.file("sub/middle.yaml",
                "extends: ../base.yaml\nmax_failed: 4\nsampling: {top_p: 0.5}\n");
  const auto c = of.load("extends: sub/middle.yaml\nsampling: {max_tokens: 1}\n", "own.yaml",
                         {{"sampling.max_tokens", "2", "--set"}});
  REQUIRE_MESSAGE(c.has_value(), c.error().message);
  CHECK(c->sampling.max_tokens == 2);
  CHECK(c->sampling.top_p == 0.5);
  CHECK(c->sampling.temperature == 0.5);
  CHECK(c->max_failed == 4);
  const auto late =
      of.load("extends: base.yaml\n", "own.yaml", {{"extends", "base.yaml", "--set"}});
  CHECK(late.error().message == "--set: extends goes with a config file; name the base there");
}

TEST_CASE("a base that is none is told with its place, and so is what is wrong in it") {
  const project of;
  of.files.file("wrong.yaml", "sampling: {temprature: 1}\n");
  of.files.file("list.yaml", "- a\n");
  of.files.file("ring.yaml", "extends: own.yaml\n");
  CHECK(of.problem("extends: none.yaml\n") ==
        "own.yaml:1:10: extends none.yaml: cannot be read: No such file or directory");
  CHECK(of.problem("extends: [a]\n") ==
        "own.yaml:1:10: extends needs the path of another config, as base.yaml");
  CHECK(of.problem("extends: list.yaml\n") ==
        "own.yaml:1:10: extends \"list.yaml\", which is no map of keys");
  CHECK(of.problem("extends: own.yaml\n") ==
        "own.yaml:1:10: extends \"own.yaml\", which goes on from it");
  CHECK(of.problem("extends: ring.yaml\n") ==
        "ring.yaml:1:10: extends \"own.yaml\", which goes on from it");
  CHECK(
      of.problem("extends: wrong.yaml\ndataset: {path: a}\nprompt: {user: u}\nmodels: [{provider: "
                 "mock}]\n")
          .starts_with("wrong.yaml:1:12: unknown key \"temprature\""));
}
