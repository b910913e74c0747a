#include "providers/body/chat_sampling.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "providers/body/json_parser.hpp"

using namespace retort;
using namespace retort::providers;

namespace {

struct taken {
  sampling how;
  std::string said, problem;
};

taken take(const std::string& body, sampling before = {}, body_taker to = body_taker::chat,
           const std::vector<std::string>& fixed = {}) {
  retort::providers::json_parser parser;
  simdjson::dom::object object;
  REQUIRE_FALSE(parser.parse(body).get(object));
  taken out{std::move(before), "", ""};
  const auto done = take_chat_sampling(object, to, fixed, out.how, out.said);
  if (done) return out;
  CHECK(done.error().code == errc::dataset);
  out.problem = done.error().message;
  return out;
}

std::string refused(const std::string& body, body_taker to = body_taker::chat) {
  return take(body, {}, to).problem;
}

}  // namespace

TEST_CASE("what a body says of sampling takes the place of what a config says") {
  sampling before;
  before.temperature = 1;
  before.top_p = 0.5;
  before.max_tokens = 10;
  before.stop = {"a", "b"};
  const auto got = take(
      R"({"model":"m","messages":[],"stream":true,"temperature":0,"max_completion_tokens":99,
          "stop":"END","seed":7,"top_logprobs":3,"logprobs":true,"reasoning_effort":"low",
          "frequency_penalty":-1,"presence_penalty":0.5,"n":1})",
      before);
  CHECK(got.problem == "");
  CHECK(got.how.temperature == 0);
  CHECK(got.how.top_p == 0.5);
  CHECK(got.how.max_tokens == 99);
  CHECK(got.how.stop == std::vector<std::string>{"END"});
  CHECK(got.how.seed == 7);
  CHECK(got.how.logprobs == 3);
  CHECK(got.how.reasoning_effort == "low");
  CHECK(got.how.frequency_penalty == -1);
  CHECK(got.how.presence_penalty == 0.5);
  CHECK(got.how.extra == "");
  CHECK(
      got.said ==
      R"({"temperature":0,"max_completion_tokens":99,"stop":"END","seed":7,"top_logprobs":3,)"
      R"("logprobs":true,"reasoning_effort":"low","frequency_penalty":-1,"presence_penalty":0.5})");
}

TEST_CASE("what a body does not say, or says is null, stays as the config has it") {
  sampling before;
  before.temperature = 1;
  before.extra = R"({"user":"u"})";
  const auto got = take(R"({"temperature":null,"stop":null,"tools":null})", before);
  CHECK(got.how.temperature == 1);
  CHECK(got.how.extra == R"({"user":"u"})");
  CHECK(got.said == "{}");
}

TEST_CASE("what varies in a config stays as it is, and is not said to be the row's") {
  sampling before;
  before.temperature = 0.3;
  before.max_tokens = 5;
  const auto got = take(R"({"temperature":1,"max_completion_tokens":9,"top_p":0.9})", before,
                        body_taker::chat, {"temperature", "max_tokens"});
  CHECK(got.how.temperature == 0.3);
  CHECK(got.how.max_tokens == 5);
  CHECK(got.how.top_p == 0.9);
  CHECK(got.said == R"({"top_p":0.9})");
}

TEST_CASE("members that have no key of their own join the config's, and win over them") {
  sampling before;
  before.extra = R"({"user":"u","store":true})";
  const auto got = take(R"({"user":"v","tool_choice":"required","logit_bias":{"5":-100}})", before);
  CHECK(got.how.extra ==
        R"({"store":true,"user":"v","tool_choice":"required","logit_bias":{"5":-100}})");
  CHECK(refused(R"({"logit_bias":{"5":1}})", body_taker::other) ==
        "logit_bias is a member of chat completions, of which this API has no like");
  const auto other = take(R"({"tool_choice":"auto"})", {}, body_taker::other);
  CHECK(other.problem == "");
  CHECK(other.how.extra == "");
}

TEST_CASE("a response format goes to chat completions as it is, to others as its schema") {
  const std::string schema = R"({"type":"object"})";
  const std::string format = R"({"type":"json_schema","json_schema":{"name":"n","strict":false,)"
                             R"("schema":)" +
                             schema + "}}";
  sampling before;
  before.response_schema = R"({"type":"array"})";
  const auto chat = take(R"({"response_format":)" + format + "}", before);
  CHECK(chat.how.response_schema == "");
  CHECK(chat.how.extra == R"({"response_format":)" + format + "}");
  const auto other = take(R"({"response_format":)" + format + "}", before, body_taker::other);
  CHECK(other.how.response_schema == schema);
  CHECK(other.how.extra == "");
  CHECK(take(R"({"response_format":{"type":"text"}})", before).how.response_schema == "");
  CHECK(refused(R"({"response_format":{"type":"json_object"}})", body_taker::other) ==
        "response_format has the type json_object, of which this API has no like; expected "
        "json_schema with a schema");
}

TEST_CASE("tools are taken as they are") {
  const std::string tools = R"([{"type":"function","function":{"name":"f"}}])";
  const auto got = take(R"({"tools":)" + tools + "}");
  CHECK(got.how.tools == tools);
  CHECK(got.said == R"({"tools":)" + tools + "}");
}

TEST_CASE("what cannot be is told by its name") {
  const struct {
    const char *body, *problem;
  } cases[] = {
      {R"({"temperature":"hot"})", "temperature is \"hot\"; expected a number from 0 to 2"},
      {R"({"temperature":2.5})", "temperature is 2.5; expected a number from 0 to 2"},
      {R"({"top_p":-1})", "top_p is -1; expected a number from 0 to 1"},
      {R"({"max_tokens":0})",
       "max_tokens is 0; expected a whole number from 1 to 9007199254740992"},
      {R"({"max_tokens":1e3})",
       "max_tokens is 1e3; expected a whole number from 1 to 9007199254740992"},
      {R"({"seed":9223372036854775807})",
       "seed is 9223372036854775807; expected a whole number from 0 to 9007199254740992"},
      {R"({"max_tokens":5,"max_completion_tokens":6})",
       "max_completion_tokens is beside another max_tokens; expected one of them"},
      {R"({"stop":5})", "stop is no text and no list of texts"},
      {R"({"stop":["a",5]})", "stop is no text and no list of texts"},
      {R"({"n":2})",
       "n is 2, which asks for several answers; expected 1, and samples.n in the config"},
      {R"({"logprobs":5})", "logprobs is neither true nor false"},
      {R"({"top_logprobs":21})", "top_logprobs is no whole number from 0 to 20"},
      {R"({"reasoning_effort":""})", "reasoning_effort is no word"},
      {R"({"response_format":"json"})", "response_format is no object with a type"},
      {R"({"tools":{}})", "tools is no list"},
      {R"({"tools":[]})", "tools is empty; expected it not to be there"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.body);
    const std::string said = refused(one.body);
    CHECK(said.substr(0, std::string(one.problem).size()) == one.problem);
  }
  CHECK(refused(R"({"max_tokens":5,"max_completion_tokens":5})") == "");
}
