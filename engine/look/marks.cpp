#include "engine/look/marks.hpp"

#include <fmt/format.h>

#include "io/base/json_writer.hpp"
#include "io/file/file.hpp"
#include "io/file/presence.hpp"
#include "providers/body/json_fields.hpp"

namespace retort::engine {

mark_book::place mark_book::place_of(const sample_key& of) {
  return {of.ordinal, of.variant, of.k, of.step, of.from};
}

result<mark_book> mark_book::read(const std::string& path) {
  mark_book made(path);
  auto done = made.read_again();
  if (!done) return done.error();
  return made;
}

result<void> mark_book::read_again() {
  marks_.clear();
  const auto there = io::is_there(path_);
  if (!there) return there.error();
  if (!*there) return {};
  const auto text = io::read_file(path_);
  if (!text) return text.error();
  std::uint64_t number = 0;
  for (std::size_t at = 0; at < text->size();) {
    const std::size_t end = std::min(text->find('\n', at), text->size());
    auto taken = take(text->substr(at, end - at), ++number);
    if (!taken) return taken;
    at = end + 1;
  }
  return {};
}

result<void> mark_book::take(const std::string& line, std::uint64_t number) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::uint64_t parts[5] = {};
  std::size_t count = 0;
  const bool is_json = !parser.parse(line).get(root);
  if (is_json) {
    providers::for_elements(root["key"], [&](simdjson::dom::element part) {
      if (count < 5 && !part.get(parts[count])) ++count;
    });
  }
  const std::string word(is_json ? providers::text_at(root["mark"]) : "");
  if (count != 5 || (word != "good" && word != "bad")) {
    return error{errc::mismatch, fmt::format("{}:{}: is no mark of retort inspect", path_, number)};
  }
  const auto small = [&](std::size_t i) { return static_cast<std::uint32_t>(parts[i]); };
  marks_[{parts[0], small(1), small(2), small(3), small(4)}] = {
      std::string(providers::text_at(root["id"])), word == "good",
      std::string(providers::text_at(root["note"]))};
  return {};
}

const mark* mark_book::find(const sample_key& of) const {
  const auto found = marks_.find(place_of(of));
  return found == marks_.end() ? nullptr : &found->second;
}

result<void> mark_book::set(const sample_key& of, mark what) {
  auto read = read_again();
  if (!read) return read;
  marks_[place_of(of)] = std::move(what);
  return save();
}

result<void> mark_book::unset(const sample_key& of) {
  auto read = read_again();
  if (!read) return read;
  return marks_.erase(place_of(of)) ? save() : result<void>();
}

result<void> mark_book::save() const {
  std::string out;
  for (const auto& [key, what] : marks_) {
    io::json_writer json(out);
    json.open_object();
    json.member("id", what.id);
    json.member("score", what.is_good ? 1 : 0);
    json.member("mark", what.is_good ? "good" : "bad");
    json.member("note", what.note);
    json.key("key");
    json.open_array();
    std::apply([&json](const auto... part) { (json.value(part), ...); }, key);
    json.close_array();
    json.close_object();
    out += '\n';
  }
  return io::replace_file(path_, out);
}

void mark_agreement::add(bool is_good, bool is_accepted) {
  if (is_good) {
    ++(is_accepted ? good_accepted : good_rejected);
  } else {
    ++(is_accepted ? bad_accepted : bad_rejected);
  }
}

std::uint64_t mark_agreement::all() const {
  return good_accepted + good_rejected + bad_accepted + bad_rejected;
}

std::optional<double> mark_agreement::kappa() const {
  const auto n = static_cast<double>(all());
  if (n == 0) return std::nullopt;
  const auto good = static_cast<double>(good_accepted + good_rejected);
  const auto accepted = static_cast<double>(good_accepted + bad_accepted);
  const double chance = (good * accepted + (n - good) * (n - accepted)) / (n * n);
  if (chance == 1) return std::nullopt;
  return (static_cast<double>(agreed()) / n - chance) / (1 - chance);
}

}  // namespace retort::engine
