#include "engine/directory/spending_note.hpp"

#include <simdjson.h>

#include "io/base/json_writer.hpp"
#include "io/file/file.hpp"
#include "io/file/presence.hpp"

namespace retort::engine {
namespace {

void write(io::json_writer& json, std::string_view key, const budget::amount& of) {
  json.key(key);
  json.open_object();
  json.member("tokens", of.tokens);
  json.member("usd_nanos", of.nanos);
  json.close_object();
}

bool read(simdjson::dom::element root, const char* key, budget::amount& into) {
  return !root[key]["tokens"].get(into.tokens) && !root[key]["usd_nanos"].get(into.nanos);
}

}  // namespace

std::string encode(const spending_note& what) {
  std::string out;
  io::json_writer json(out);
  json.open_object();
  json.member("retort_spending", 1);
  write(json, "beyond_ledger", what.beyond_ledger);
  write(json, "under_way", what.under_way);
  json.close_object();
  return out + '\n';
}

result<spending_note> read_spending(const run_directory& where) {
  const std::string path = where.spending();
  const auto there = io::is_there(path);
  if (!there) return there.error();
  if (!*there) return spending_note();
  const auto text = io::read_file(path);
  if (!text) return text.error();
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::int64_t version = 0;
  spending_note out;
  const bool is_ours = !parser.parse(*text).get(root) && !root["retort_spending"].get(version) &&
                       version == 1 && read(root, "beyond_ledger", out.beyond_ledger) &&
                       read(root, "under_way", out.under_way);
  if (is_ours) return out;
  return error{errc::mismatch, path +
                                   " is not this retort's note of what was spent: put it back, "
                                   "or take it away, and only the ledger counts"};
}

}  // namespace retort::engine
