#include "engine/endpoint/endpoint_watch.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <thread>

#include "engine/config/config_models.hpp"
#include "tests/support/dns_server.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

using texts = std::vector<std::string>;

// A gate whose endpoints may change, and what is said of them. Nothing is sent anywhere.
struct rig {
  rig() {
    run.models.resize(1);
    run.models[0].provider = "openai";
    run.models[0].model = "m";
  }
  ~rig() {
    if (gate) gate->close();
    context.restart();
    context.poll();
  }

  // Its endpoints are known. Lines are kept without so much of their beginning.
  void begin(std::optional<io::name_server> at, std::size_t unsaid) {
    auto made = make_endpoints(run, {}, context.get_executor(), [](const char*) { return ""; });
    REQUIRE(made.has_value());
    gate.emplace(context.get_executor(), std::move(*made), nullptr, price());
    watch.emplace(
        context.get_executor(), &*gate, source_of(run.models[0], at),
        [](const char*) { return ""; },
        [this, unsaid](const std::string& line) { said.push_back(line.substr(unsaid)); });
  }
  // Those that are asked.
  texts asked() const {
    texts out;
    for (const auto& one : gate->endpoints()) {
      if (!one->is_gone && !one->retired) out.push_back(one->name);
    }
    return out;
  }

  boost::asio::io_context context{1};
  config run;
  std::optional<admission> gate;
  std::optional<endpoint_watch> watch;
  texts said;
};

// They stand in a file.
struct watched : rig {
  explicit watched(const std::string& text) {
    write(text);
    model_config& model = run.models[0];
    model.endpoints_file = path();
    model.endpoints = endpoints_at(*read_endpoint_lines(path()), model);
    begin({}, path().size());
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

  test::temporary_directory files;
};

// A name server says where they are. None of them is resolved.
struct named : rig {
  explicit named(std::vector<test::srv_record> records) : server(std::move(records)) {
    model_config& model = run.models[0];
    model.endpoints_srv = "_http._tcp.s.test";
    model.base_url = "http://_http._tcp.s.test/v1";
    REQUIRE(find_services(run, server.at()).has_value());
    begin(server.at(), 0);
  }

  // Until it has asked so often, and taken the answers.
  void look(int times) {
    const int until = server.asked() + times;
    REQUIRE(test::eventually([&] {
      watch->look();
      return server.asked() > until;
    }));
  }

  test::dns_server server;
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

TEST_CASE("an endpoint that is spelt otherwise is the same") {
  watched all("http://a/v1\nhttp://b/v1\n");
  all.look_at("http://A:80/v1\nhttp://b./v1/\n");
  CHECK(all.asked() == texts{"http://a/v1", "http://b/v1"});
  CHECK(all.said == texts{": endpoints from now on: 2, new: 0, gone: 0"});
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

TEST_CASE("the places of a name's SRV records come and go as a file's lines do") {
  named all({{"a.test", 80, 1}, {"b.test", 81, 1}});
  CHECK(all.asked() == texts{"http://a.test:80/v1", "http://b.test:81/v1"});
  all.server.say({{"b.test", 81, 1}, {"A.test", 80, 1}});  // the same, turned about
  all.look(2);
  CHECK(all.said.empty());
  all.server.say({{"b.test", 81, 1}, {"c.test", 80, 1}});
  all.look(2);
  CHECK(all.asked() == texts{"http://b.test:81/v1", "http://c.test:80/v1"});
  CHECK(all.said == texts{"_http._tcp.s.test: endpoints from now on: 2, new: 1, gone: 1"});
}

TEST_CASE("a name that is gone is told once, and its places from before go on") {
  named all({{"a.test", 80, 1}});
  all.server.say({}, 3);
  all.look(4);
  all.server.say({{".", 80, 1}});
  all.look(4);
  CHECK(all.asked() == texts{"http://a.test:80/v1"});
  CHECK(all.said ==
        texts{"_http._tcp.s.test: there is no such name (DNS); the list from before goes on (1)",
              "_http._tcp.s.test has no SRV record (DNS) with a host and a port; the list from "
              "before goes on (1)"});
  all.server.say({{"b.test", 80, 1}});
  all.look(2);
  CHECK(all.asked() == texts{"http://b.test:80/v1"});
}

TEST_CASE("records that live long are asked for no sooner") {
  named all({{"a.test", 80, 1, 3600}});
  all.look(0);
  const int before = all.server.asked();
  for (int i = 0; i < 200; ++i) {
    all.watch->look();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  CHECK(all.server.asked() == before);
}

TEST_CASE("a name that has no places, or whose server is silent, stops what would be sent there") {
  test::dns_server server({});
  config run;
  run.models.resize(1);
  run.models[0].endpoints_srv = "_http._tcp.s.test";
  CHECK(find_services(run, server.at()).error().message ==
        "models[0].endpoints.srv: _http._tcp.s.test has no SRV record (DNS)");
  server.be_silent();
  CHECK(find_services(run, server.at()).error().message ==
        "models[0].endpoints.srv: _http._tcp.s.test: no name server (DNS) answers, or they cannot "
        "say");
}
