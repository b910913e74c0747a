#include "engine/endpoint/endpoint.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/http/http_wire.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

namespace asio = boost::asio;

using variables = std::map<std::string, std::string>;
using endpoints = std::vector<std::unique_ptr<endpoint>>;

// Of its usual request, on the wire.
std::string bytes_of(const endpoint& to, const char* body = "") {
  return io::text_of(to.client->request(body));
}

// A config of one model over plain HTTP, and the environment around it.
struct set_up {
  set_up() {
    run.models.resize(1);
    model().provider = "openai";
    model().model = "m";
    model().base_url = "http://127.0.0.1:8000/v1";
  }
  model_config& model() { return run.models[0]; }

  result<endpoints> make() {
    return make_endpoints(run, embedded, context.get_executor(), [this](const char* name) {
      const auto found = environment.find(name);
      return found == environment.end() ? nullptr : found->second.c_str();
    });
  }
  // What a request begins with on the wire.
  std::string request() {
    auto made = make();
    REQUIRE_MESSAGE(made.has_value(), made.error().message);
    return bytes_of(*made->front(), "BODY");
  }
  error problem() {
    auto made = make();
    REQUIRE_FALSE(made.has_value());
    return made.error();
  }

  asio::io_context context{1};
  config run;
  std::map<std::size_t, embedded_provider> embedded;
  variables environment;
};

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// An endpoint that knows this key, with what it stands on.
class with_key {
 public:
  explicit with_key(const std::string& key) {
    around_.model().api_key_env = "KEY";
    around_.environment["KEY"] = key;
    auto made = around_.make();
    REQUIRE(made.has_value());
    made_ = std::move(made->front());
  }
  endpoint* operator->() const { return made_.get(); }

 private:
  set_up around_;
  std::unique_ptr<endpoint> made_;
};

}  // namespace

TEST_CASE("an endpoint sends to its base URL, with the key that the environment holds") {
  set_up one;
  one.model().api_key_env = "KEY";
  one.environment["KEY"] = "sk-secret/+=";
  const std::string request = one.request();
  CHECK(request.starts_with("POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n"));
  CHECK(holds(request, "\r\nAuthorization: Bearer sk-secret/+=\r\n"));
  CHECK(holds(request, "\r\nContent-Type: application/json\r\n"));
  CHECK(request.ends_with("\r\nContent-Length: 4\r\n\r\nBODY"));
}

TEST_CASE("a key can stand in a file, the blanks and newlines after it aside") {
  const test::temporary_directory directory;
  for (const char* content : {"sk-secret", "sk-secret\n", "sk-secret \t\r\n\n"}) {
    set_up one;
    one.model().api_key_file = directory.file("key", content);
    CHECK(holds(one.request(), "\r\nAuthorization: Bearer sk-secret\r\n"));
  }
}

TEST_CASE("without a key no Authorization is sent") {
  set_up one;
  one.environment["OPENAI_API_KEY"] = "sk-secret";  // not asked for
  CHECK_FALSE(holds(one.request(), "Authorization"));
}

TEST_CASE("a key that cannot be had is named by where it should be") {
  const test::temporary_directory directory;
  const std::string missing = directory.path() + "/missing";
  const std::string empty = directory.file("empty", "\n");
  struct {
    const char* variable;
    std::string file;
    errc code;
    std::string message;
  } const table[] = {
      {"UNSET", "", errc::usage,
       "models[0]: the variable UNSET (api_key_env) is not set: export it, or name another in "
       "api_key_env"},
      {"EMPTY", "", errc::usage, "models[0]: the variable EMPTY (api_key_env) is empty"},
      {"BLANK", "", errc::usage, "models[0]: the variable BLANK (api_key_env) is empty"},
      {"", missing, errc::unreadable,
       "models[0]: api_key_file " + missing + ": No such file or directory"},
      {"", empty, errc::usage, "models[0]: api_key_file " + empty + " is empty"},
      {"", directory.path(), errc::unreadable,
       "models[0]: api_key_file " + directory.path() + ": Is a directory"},
  };
  for (const auto& [variable, file, code, message] : table) {
    set_up one;
    one.environment = {{"EMPTY", ""}, {"BLANK", " \n\t "}};
    one.model().api_key_env = variable;
    one.model().api_key_file = file;
    CHECK(one.problem().code == code);
    CHECK(one.problem().message == message);
  }
}

TEST_CASE("what would break the header line is no key, and is not shown") {
  for (const char* key : {"sk secret", "sk-secret\r\nX-Evil: 1", "sk-secret\nsk-secret",
                          " sk-secret", "sk-sécret", "sk-\x01secret", "sk-secret\x7f"}) {
    set_up one;
    one.model().api_key_env = "KEY";
    one.environment["KEY"] = key;
    CHECK(one.problem().code == errc::usage);
    CHECK(one.problem().message ==
          "models[0]: the variable KEY (api_key_env) holds characters that no key has");
  }
}

TEST_CASE("every model entry is an endpoint of its own; a message names the entry at fault") {
  set_up one;
  one.run.models.resize(3, one.model());
  one.run.models[1].base_url = "http://localhost:1/v2";
  one.run.models[2].limits.concurrency = 3;
  auto made = one.make();
  REQUIRE(made.has_value());
  REQUIRE(made->size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK((*made)[i]->model == &one.run.models[i]);
    CHECK((*made)[i]->dialect != nullptr);
  }
  CHECK(bytes_of(*(*made)[1]).starts_with("POST /v2/chat/completions"));
  CHECK((*made)[2]->entrance.concurrency() == 3);

  one.run.models[1].api_key_env = "UNSET";
  CHECK(one.problem().message.starts_with("models[1]: "));
}

TEST_CASE("an entry with several endpoints makes them all; a message names the one at fault") {
  set_up one;
  one.model().endpoints.resize(2, one.model());
  one.model().endpoints[1].base_url = "http://localhost:1/v2";
  one.model().endpoints[1].limits.concurrency = 3;
  auto made = one.make();
  REQUIRE(made.has_value());
  REQUIRE(made->size() == 2);
  CHECK((*made)[0]->name == "http://127.0.0.1:8000/v1");
  CHECK((*made)[1]->name == "http://localhost:1/v2");
  CHECK((*made)[1]->entrance.concurrency() == 3);

  one.model().endpoints[1].api_key_env = "UNSET";
  CHECK(one.problem().message.starts_with("models[0].endpoints[1]: "));
}

TEST_CASE("endpoints that share a key and have quotas of their own are warned of") {
  set_up one;
  one.environment["KEY"] = one.environment["SAME"] = "sk-one";
  one.environment["OTHER"] = "sk-two";
  one.model().endpoints.resize(3, one.model());
  const char* const keys[] = {"KEY", "OTHER", "SAME"};
  for (std::size_t i = 0; i < 3; ++i) one.model().endpoints[i].api_key_env = keys[i];
  const auto warnings = [&one] {
    auto made = one.make();
    REQUIRE(made.has_value());
    return warn_of_shared_keys(one.run, *made);
  };
  for (auto& each : one.model().endpoints) each.limits.concurrency = 8;  // no quota
  CHECK(warnings().empty());
  for (auto& each : one.model().endpoints) each.limits.rpm = 600;
  REQUIRE(warnings().size() == 1);
  CHECK(warnings()[0] ==
        "models[0].endpoints[0] and models[0].endpoints[2] have the same key and limits of their "
        "own: where the provider counts by key, split its limits between them");
}

TEST_CASE("an endpoint that cannot be made says why") {
  set_up one;
  one.model().provider = "smoke-signals";
  CHECK(one.problem().message == "models[0]: unknown provider smoke-signals");
  one.model().provider = "openai";
  one.model().base_url = "ftp://host";
  CHECK(one.problem().message.starts_with("models[0]: base_url "));
  one.model().base_url = "https://host";
  one.model().ca_file = "/missing/ca.pem";
  CHECK(one.problem().code == errc::unreadable);
  CHECK(holds(one.problem().message, "/missing/ca.pem"));
  one.model().ca_file = "";
  one.environment["HTTPS_PROXY"] = "ftp://user:password@proxy";
  CHECK(one.problem().code == errc::usage);
  CHECK_FALSE(holds(one.problem().message, "password"));
}

TEST_CASE("an embedded mock is spoken to where it listens") {
  set_up one;
  one.run.models.resize(2, one.model());
  one.run.models[1].provider = "mock";
  one.run.models[1].base_url = "";
  one.embedded[1] = {"http://127.0.0.1:4321/v1", ""};
  auto made = one.make();
  REQUIRE_MESSAGE(made.has_value(), made.error().message);
  CHECK(holds(bytes_of(*(*made)[0]), "\r\nHost: 127.0.0.1:8000\r\n"));
  CHECK(holds(bytes_of(*(*made)[1]), "\r\nHost: 127.0.0.1:4321\r\n"));
}

TEST_CASE("a deadline is timeout_s from now") {
  set_up one;
  one.model().timeout_s = 2.5;
  auto made = one.make();
  REQUIRE(made.has_value());
  using clock = std::chrono::steady_clock;
  const auto before = clock::now();
  const auto deadline = made->front()->deadline();
  CHECK(deadline >= before + std::chrono::milliseconds(2500));
  CHECK(deadline <= clock::now() + std::chrono::milliseconds(2500));
}

TEST_CASE("the key is masked wherever a text holds it, whole or cut") {
  const with_key one("sk-proj-abcdefghij");
  struct {
    const char* text;
    const char* masked;
  } const table[] = {
      {"", ""},
      {"no such model", "no such model"},
      {"sk-proj-abcdefghij", "***"},
      {"Incorrect API key provided: sk-proj-abcdefghij. See the docs",
       "Incorrect API key provided: *** See the docs"},
      {"Bearer sk-proj-abcdefghij", "Bearer ***"},
      {"twice sk-proj-abcdefghij sk-proj-abcdefghij", "twice *** ***"},
      {"cut: sk-proj-abcd...", "cut: ***"},
      {"cut: sk-proj-abcd... (invalid_api_key)", "cut: *** (invalid_api_key)"},
      {R"({"error":"bad key sk-proj-abcdefghij"})", R"({"error":"bad key ***)"},
      {"sk-other-zyxw", "sk-other-zyxw"},
  };
  for (const auto& [text, masked] : table) CHECK(one->without_key(text) == masked);
}

TEST_CASE("a short key is masked too, and where there is none nothing is") {
  CHECK(with_key("k3y")->without_key("the key k3y is wrong") == "the key *** is wrong");
  CHECK(with_key("*")->without_key("a * b") == "a *** b");
  set_up keyless;
  auto made = keyless.make();
  REQUIRE(made.has_value());
  CHECK(made->front()->without_key("a text") == "a text");
}

TEST_CASE("what the provider cannot take is refused before anything is sent") {
  set_up around;
  around.run.sampling.top_k = 5;
  CHECK(around.problem().code == errc::usage);
  CHECK(holds(around.problem().message,
              "models[0]: sampling.top_k: provider openai does not take it"));
  around.model().provider = "vllm";
  CHECK(around.make().has_value());
}

TEST_CASE("a request goes where its provider's dialect says") {
  set_up around;
  around.model().provider = "gemini";
  around.model().model = "gemini-3.6-flash";
  CHECK(around.request().starts_with("POST /v1/models/gemini-3.6-flash:generateContent HTTP/1.1"));
}

TEST_CASE("further headers stand behind the dialect's own") {
  set_up around;
  around.model().headers = {{"OpenAI-Organization", "org-1"}};
  CHECK(holds(around.request(), "\r\nOpenAI-Organization: org-1\r\n"));
}

TEST_CASE("a key that does not come by its pipe is waited for until the first signal") {
  const test::temporary_directory directory;
  const std::string path = directory.path() + "/key";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const int writer = ::open(path.c_str(), O_RDWR | O_CLOEXEC);  // who says nothing
  REQUIRE(writer >= 0);
  set_up one;
  one.model().api_key_file = path;
  io::interrupt stop;
  stop.raise();
  const auto made = make_endpoints(
      one.run, {}, one.context.get_executor(), [](const char*) { return nullptr; }, &stop);
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == errc::cancelled);
  CHECK(::close(writer) == 0);
}
