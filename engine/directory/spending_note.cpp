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

bool read_spent(simdjson::dom::element root, spending_note& into) {
  budget::amount spent;
  if (root["ledger_bytes"].get(into.ledger_bytes)) return false;
  if (!read(root, "spent", spent)) return false;
  into.spent = spent;
  return true;
}

}  // namespace

budget::amount spending_note::beyond(const budget::amount& told) const {
  if (!spent) return beyond_ledger;
  budget::amount out = *spent;
  out -= told;
  return out;
}

bool spending_note::is_nothing() const {
  const budget::amount nothing;
  return beyond_ledger == nothing && under_way == nothing && spent.value_or(nothing) == nothing;
}

std::string encode(const spending_note& what) {
  std::string out;
  io::json_writer json(out);
  json.open_object();
  json.member("retort_spending", 1);
  if (what.spent) write(json, "spent", *what.spent);
  if (what.spent) json.member("ledger_bytes", what.ledger_bytes);
  if (!what.spent) write(json, "beyond_ledger", what.beyond_ledger);
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
                       version == 1 &&
                       (read_spent(root, out) || read(root, "beyond_ledger", out.beyond_ledger)) &&
                       read(root, "under_way", out.under_way);
  if (is_ours) return out;
  return error{errc::mismatch, path +
                                   " is not this retort's note of what was spent: put it back, "
                                   "or take it away, and only the ledger counts"};
}

}  // namespace retort::engine
