#include "engine/prompt/record_messages.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "providers/body/message_json.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

struct reading {
  std::vector<providers::message> messages;
  std::string problem;
};

reading read(const std::string& json) {
  simdjson::dom::parser parser;
  simdjson::dom::element list;
  REQUIRE_FALSE(parser.parse(json).get(list));
  reading out;
  const auto done = read_messages(list, out.messages);
  if (!done) out.problem = done.error().message;
  return out;
}

// The messages as chat completions write them.
std::string taken(const std::string& json) {
  const reading what = read(json);
  CHECK(what.problem == "");
  std::string out;
  io::json_writer writer(out);
  writer.open_array();
  for (const auto& each : what.messages) providers::write_message(writer, each);
  writer.close_array();
  return out;
}

}  // namespace

TEST_CASE("messages of chat completions are taken with all that they say") {
  for (
      const std::string same :
      {R"([{"role":"user","content":"weather?","name":"ann"},{"role":"tool","content":"sunny","tool_call_id":"c1"}])",
       R"([{"role":"developer","content":"be brief"},{"role":"system","content":""}])",
       R"([{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}}]}])",
       R"([{"role":"assistant","content":"Let me see.","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":""}}]}])"}) {
    CHECK(taken(same) == same);
  }
}

TEST_CASE("text parts, null and arguments as objects read as what they mean") {
  CHECK(taken(R"([{"role":"user","content":[{"type":"text","text":"only text"}]}])") ==
        R"([{"role":"user","content":"only text"}])");
  CHECK(
      taken(
          R"([{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}])") ==
      R"([{"role":"user","content":"a\nb"}])");
  CHECK(taken(R"([{"role":"assistant","content":null,"tool_calls":null,"name":null}])") ==
        R"([{"role":"assistant","content":""}])");
  const std::string call =
      R"([{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]}])";
  CHECK(
      taken(
          R"([{"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"f","arguments":{"a":1}}}]}])") ==
      call);
  CHECK(
      taken(
          R"([{"role":"assistant","tool_calls":[{"id":"c1","name":"f","arguments":"{\n\"a\": 1}"}]}])") ==
      call);
}

TEST_CASE("calls and answers without an id find each other") {
  CHECK(
      taken(
          R"([{"role":"assistant","function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"8"}])") ==
      R"([{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},)"
      R"({"role":"tool","content":"8","name":"f","tool_call_id":"call_1"}])");
}

TEST_CASE("ShareGPT's conversations are taken under their roles' names") {
  CHECK(
      taken(
          R"([{"from":"system","value":"s"},{"from":"human","value":"q"},{"from":"gpt","value":"a"}])") ==
      R"([{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"assistant","content":"a"}])");
  CHECK(
      taken(
          R"([{"from":"human","value":"q"},{"from":"function_call","value":"[{\"name\":\"f\",\"arguments\":{\"a\":1}},{\"name\":\"g\",\"arguments\":{}}]"},{"from":"observation","value":"8"},{"from":"observation","value":"9"}])") ==
      R"([{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"call_2","type":"function","function":{"name":"g","arguments":"{}"}}]},)"
      R"({"role":"tool","content":"8","tool_call_id":"call_1"},{"role":"tool","content":"9","tool_call_id":"call_2"}])");
}

TEST_CASE("what is no conversation is said with its place") {
  struct {
    const char *list, *problem;
  } const table[] = {
      {R"("hello")", "is not a list of messages in this record"},
      {R"({"role":"user","content":"x"})", "is not a list of messages in this record"},
      {"[]", "is empty in this record"},
      {R"(["hello"])", "has, as message 1, one that is no object"},
      {R"([{"role":"user"}])", "has, as message 1, one without content; expected a text"},
      {R"([{"content":"x"}])", "has, as message 1, one without a role"},
      {R"([{"role":"user","content":null}])",
       "has, as message 1, one without content; expected a text"},
      {R"([{"role":"user","content":"x"},{"role":"human","content":"x"}])",
       "has, as message 2, one of the unknown role \"human\"; expected system, developer, user, "
       "assistant or tool"},
      {R"([{"role":1,"content":"x"}])",
       "has, as message 1, one of the unknown role (no text); expected system, developer, user, "
       "assistant or tool"},
      {R"([{"from":"narrator","value":"x"}])",
       "has, as message 1, one from the unknown \"narrator\"; expected human, gpt, system, "
       "function_call or observation"},
      {R"([{"role":"user","content":[{"type":"image_url","image_url":{}}]}])",
       "has, as message 1, one with a part that is no text but image_url; expected {\"type\": "
       "\"text\", \"text\": ...}"},
      {R"([{"role":"user","content":7}])",
       "has, as message 1, one whose content is no text; expected a text or a list of parts"},
      {R"([{"role":"user","content":"x","name":7}])",
       "has, as message 1, one whose name is no text"},
      {R"([{"role":"assistant","tool_calls":{}}])",
       "has, as message 1, one whose tool_calls are no list"},
      {R"([{"role":"assistant","tool_calls":[{"id":"c"}]}])",
       "has, as message 1, one with a tool call without a name"},
      {R"([{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{"}}]}])",
       "has, as message 1, one with a call of f whose arguments are no JSON object: {"},
      {R"([{"from":"function_call","value":"f of x"}])",
       "has, as message 1, one from function_call that is not JSON"},
  };
  for (const auto& [list, problem] : table) {
    CAPTURE(list);
    CHECK(read(list).problem == problem);
  }
}
