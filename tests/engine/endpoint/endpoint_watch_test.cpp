#include "engine/endpoint/endpoint_watch.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "engine/config/config_models.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

using texts = std::vector<std::string>;

// A gate whose endpoints stand in a file. Nothing is sent anywhere.
struct watched {
  explicit watched(const std::string& text) {
    write(text);
    run.models.resize(1);
    model_config& model = run.models[0];
    model.provider = "openai";
    model.model = "m";
    model.endpoints_file = path();
    model.endpoints = endpoints_at(*read_endpoint_lines(path()), model);
    auto made = make_endpoints(run, {}, context.get_executor(), [](const char*) { return ""; });
    REQUIRE(made.has_value());
    gate.emplace(context.get_executor(), std::move(*made), nullptr, price());
    watch.emplace(
        context.get_executor(), &*gate, [](const char*) { return ""; },
        [this](const std::string& line) { said.push_back(line.substr(path().size())); });
  }
  ~watched() {
    gate->close();
    context.restart();
    context.poll();
  }

  std::string path() const { return files.path() + "/endpoints.txt"; }
  // As whoever replaces a file should.
  void write(const std::string& text) {
    files.file("new", text);
    std::filesystem::rename(files.path() + "/new", path());
  }
  void look_at(const std::string& text) {
    write(text);
    watch->look();
  }
  // Those that are asked.
  texts asked() const {
    texts out;
    for (const auto& one : gate->endpoints()) {
      if (!one->is_gone && !one->retired) out.push_back(one->name);
    }
    return out;
  }

  test::temporary_directory files;
  boost::asio::io_context context{1};
  config run;
  std::optional<admission> gate;
  std::optional<endpoint_watch> watch;
  texts said;
};

}  // namespace

TEST_CASE("who is new in the file is asked, who is gone is not, and who comes back is the same") {
  watched all("http://a/v1\nhttp://b/v1\n");
  all.watch->look();
  CHECK(all.said.empty());
  all.look_at("http://b/v1\nhttp://c/v1\n");
  CHECK(all.asked() == texts{"http://b/v1", "http://c/v1"});
  all.look_at("http://a/v1\n");
  CHECK(all.asked() == texts{"http://a/v1"});
  CHECK(all.gate->endpoints().size() == 3);
  CHECK(all.said == texts{": endpoints from now on: 2, new: 1, gone: 1",
                          ": endpoints from now on: 1, new: 1, gone: 2"});
}

TEST_CASE("a file that is wrong or gone is told once, and the list from before goes on") {
  watched all("http://a/v1\n");
  for (int i = 0; i < 3; ++i) all.look_at("http://b/v1\nhello\n");
  for (int i = 0; i < 3; ++i) all.look_at("");
  std::filesystem::remove(all.path());
  for (int i = 0; i < 3; ++i) all.watch->look();
  CHECK(all.asked() == texts{"http://a/v1"});
  CHECK(all.said ==
        texts{":2: the line is not an http:// or https:// URL; the list from before goes on (1)",
              ": no endpoint in it; expected a base URL a line; the list from before goes on (1)",
              " is no file that is there; the list from before goes on (1)"});
  all.look_at("http://b/v1\n");
  CHECK(all.asked() == texts{"http://b/v1"});
}

TEST_CASE("a file written twice within a tick of its clock is read twice") {
  watched all("http://a/v1\n");
  const auto then = std::filesystem::last_write_time(all.path());
  for (const char* const text : {"http://b/v1\n", "http://c/v1\n"}) {
    all.files.file("endpoints.txt", text);  // in place
    std::filesystem::last_write_time(all.path(), then);
    all.watch->look();
    CHECK(all.asked() == texts{std::string(text, 11)});
  }
}

TEST_CASE("who was taken out of use is asked anew when it comes back, or nobody else is left") {
  watched all("http://a/v1\nhttp://b/v1\n");
  all.gate->endpoints()[0]->retired = true;
  all.look_at("http://b/v1\n");
  all.look_at("http://a/v1\nhttp://b/v1\n");
  CHECK(all.asked() == texts{"http://b/v1", "http://a/v1"});
  all.gate->endpoints()[2]->retired = true;
  all.look_at("http://a/v1\n");
  CHECK(all.asked() == texts{"http://a/v1"});
}
