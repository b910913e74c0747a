#include "engine/workload/workload.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace retort::engine {
namespace {

void write_range(io::json_writer& json, std::string_view name, const even_range& of) {
  json.key(name);
  json.open_array();
  json.value(of.low);
  json.value(of.high);
  json.close_array();
}

void write_cancel(io::json_writer& json, const cancel_rule& of) {
  json.key("cancel");
  json.open_object();
  json.member("share", of.share);
  write_range(json, of.in_chunks ? "after_chunks" : "after_s", of.after);
  json.close_object();
}

void write_trace(io::json_writer& json, const trace& of) {
  json.key("trace");
  json.open_object();
  json.member("file", of.file);
  json.member("requests", of.requests.size());
  json.member("block_tokens", of.block_tokens);
  json.close_object();
}

void write_own(io::json_writer& json, const record_sessions& of) {
  json.key("record_turns");
  json.open_object();
  json.member("records", of.records);
  json.member("mean", of.mean());
  json.member("most", of.most);
  if (!of.steps.empty()) {
    json.key("steps");
    json.open_array();
    for (const std::string& one : of.steps) json.value(one);
    json.close_array();
  }
  json.close_object();
}

}  // namespace

std::string name_of_sessions(const workload& of) {
  if (of.turns > 1) return fmt::format("sessions of {} turns", of.turns);
  if (!of.own) return "";
  if (of.own->steps.empty()) return fmt::format("conversations of {:g} turns", of.own->mean());
  return fmt::format("the steps {}", fmt::join(of.own->steps, ", "));
}

void write_workload(io::json_writer& json, const workload& of) {
  json.key("workload");
  json.open_object();
  if (of.shared_prefix > 0) json.member("shared_prefix", of.shared_prefix);
  if (of.busts_cache) json.member("cache_bust", true);
  if (of.cancel.share > 0) write_cancel(json, of.cancel);
  if (of.replayed) write_trace(json, *of.replayed);
  if (of.turns > 1) json.member("turns", of.turns);
  if (of.own) write_own(json, *of.own);
  if (of.has_sessions()) write_range(json, "think_s", of.think_s);
  json.close_object();
}

}  // namespace retort::engine
