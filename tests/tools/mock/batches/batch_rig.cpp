#include "tests/tools/mock/batches/batch_rig.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <simdjson.h>

namespace retort::test {

batch_rig::batch_rig(const mock::options& chosen, std::string key)
    : desk_(
          chosen, std::move(key),
          [this](std::string_view path, std::string_view body) {
            asked.emplace_back(path, body);
            return std::pair(status, fmt::format(R"({{"echo":{}}})", body));
          },
          tally) {}

mock::batch_reply batch_rig::get(std::string_view target) {
  return serve({"GET", target, {}, "", true});
}

mock::batch_reply batch_rig::post(std::string_view target, std::string_view body) {
  return serve({"POST", target, {}, body, true});
}

mock::batch_reply batch_rig::serve(mock::request call) {
  call.fields.push_back({"Content-Type", "multipart/form-data; boundary=XyZ"});
  call.fields.push_back({"Host", "mock.test:8443"});
  call.fields.push_back({"Anthropic-Version", "2023-06-01"});
  return desk_.serve(call, now).value_or(mock::batch_reply{0, "not a batch API's"});
}

std::string batch_rig::openai_batch(const std::vector<std::string>& lines) {
  const std::string form =
      upload_form("batch", "a.jsonl", fmt::format("{}", fmt::join(lines, "\n")));
  const std::string file = text_at(post("/v1/files", form).body, "/id");
  const std::string body = fmt::format(
      R"({{"input_file_id":"{}","endpoint":"/v1/chat/completions","completion_window":"24h"}})",
      file);
  return text_at(post("/v1/batches", body).body, "/id");
}

std::string batch_rig::anthropic_batch(const std::vector<std::string>& custom_ids) {
  std::vector<std::string> requests;
  for (const std::string& id : custom_ids) {
    requests.push_back(fmt::format(R"({{"custom_id":"{}","params":{{"of":"{}"}}}})", id, id));
  }
  const std::string body = fmt::format(R"({{"requests":[{}]}})", fmt::join(requests, ","));
  return text_at(post("/v1/messages/batches", body).body, "/id");
}

std::string batch_line(std::string_view id, int n) {
  return fmt::format(
      R"({{"custom_id":"{}","method":"POST","url":"/v1/chat/completions","body":{{"model":"m","n":{}}}}})",
      id, n);
}

std::vector<std::string> batch_lines(int count) {
  std::vector<std::string> lines;
  for (int i = 0; i < count; ++i) lines.push_back(batch_line(std::to_string(i), i));
  return lines;
}

std::string at(std::string_view json, std::string_view pointer) {
  simdjson::dom::parser parser;
  simdjson::dom::element found;
  if (parser.parse(json.data(), json.size()).at_pointer(pointer).get(found)) return "";
  return simdjson::minify(found);
}

std::string text_at(std::string_view json, std::string_view pointer) {
  const std::string found = at(json, pointer);
  return found.size() >= 2 && found[0] == '"' ? found.substr(1, found.size() - 2) : "";
}

std::vector<std::string> of_lines(std::string_view jsonl, std::string_view pointer) {
  std::vector<std::string> values;
  while (!jsonl.empty()) {
    const std::size_t end = jsonl.find('\n');
    values.push_back(at(jsonl.substr(0, end), pointer));
    jsonl.remove_prefix(end == std::string_view::npos ? jsonl.size() : end + 1);
  }
  return values;
}

std::string upload_form(std::string_view purpose, std::string_view filename,
                        std::string_view content) {
  return fmt::format(
      "--XyZ\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n{}\r\n"
      "--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n"
      "Content-Type: application/octet-stream\r\n\r\n{}\r\n--XyZ--\r\n",
      purpose, filename, content);
}

}  // namespace retort::test
