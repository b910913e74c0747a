#include "providers/prompt_parts.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

namespace retort::providers {

bool is_instruction(const message& one) { return one.role == "system" || one.role == "developer"; }

std::string_view instructions(const std::vector<message>& messages, std::string& room) {
  std::string_view all;
  for (const message& each : messages) {
    if (!is_instruction(each)) continue;
    if (all.empty()) {
      all = each.content;
      continue;
    }
    if (all.data() != room.data()) room = all;
    room.append("\n\n").append(each.content);
    all = room;
  }
  return all;
}

std::string path_segment(std::string_view name) {
  return boost::urls::encode(name, boost::urls::unreserved_chars);
}

}  // namespace retort::providers
