#include "io/http/http_message.hpp"

namespace retort::io {

std::string_view http_response::header(std::string_view name) const {
  const std::string_view all = headers;
  for (std::size_t at = 0; (at = all.find(name, at)) != all.npos; ++at) {
    const bool begins_line = at == 0 || all[at - 1] == '\n';
    const std::string_view behind = all.substr(at + name.size());
    if (begins_line && behind.starts_with(": ")) return behind.substr(2, behind.find('\n') - 2);
  }
  return {};
}

}  // namespace retort::io
