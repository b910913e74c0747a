#include "providers/dialects/batch_replies.hpp"

#include "providers/body/json_fields.hpp"
#include "providers/failure/error_body.hpp"
#include "providers/request/shared_parts.hpp"
#include "providers/stream/whole_body.hpp"

namespace retort::providers {
namespace {

using clock = std::chrono::system_clock;
using simdjson::dom::element;

}  // namespace

reply<batch_status> read_one_batch(const io::http_response& response, batch_reader read) {
  auto body = read_body(response, clock::now());
  if (!body) return std::move(body).error();
  batch_status out = read(*body);
  if (out.id.empty()) return invalid_response(response, "the batch has no id");
  return out;
}

reply<batch_page> read_batches(const io::http_response& response, batch_reader read,
                               std::string_view next_page) {
  auto body = read_body(response, clock::now());
  if (!body) return std::move(body).error();
  const json_result batches = (*body)["data"];
  if (!batches.is_array()) return invalid_response(response, "the list of batches is none");
  batch_page out;
  for_elements(batches, [&](element each) { out.batches.push_back(read(each)); });
  const bool has_more = flag_at((*body)["has_more"]) && !out.batches.empty();
  if (has_more) out.next = std::string(next_page) + path_segment(out.batches.back().id);
  return out;
}

// The dialect's parser is another one: it reads the answer in the line.
result<batch_line> read_batch_line(std::string_view line) {
  static thread_local json_parser parser;
  batch_line out;
  if (parse_json_body(parser, line).get(out.root)) {
    return error{errc::mismatch, "is not JSON: " + quote_body(line)};
  }
  out.custom_id = text_at(out.root["custom_id"]);
  if (out.custom_id.empty()) {
    return error{errc::mismatch, "has no custom_id: " + quote_body(line)};
  }
  return out;
}

}  // namespace retort::providers
