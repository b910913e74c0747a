#include "engine/serve/free_ports.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "io/process/descriptor.hpp"

namespace retort::engine {
namespace {

constexpr unsigned lowest = 20'000, fewest = 1'000;
constexpr unsigned usual_first_of_connections = 32'768;
constexpr int most_tries = 10'000;

// As the server will, on every address.
bool is_free(std::uint16_t port) {
  const io::descriptor one(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_ANY);
  where.sin_port = htons(port);
  return one.number() >= 0 &&
         ::bind(one.number(), reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0;
}

unsigned first_of_connections() {
  unsigned first = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first;
  return first >= lowest + fewest && first <= 65'536 ? first : usual_first_of_connections;
}

}  // namespace

result<std::vector<std::uint16_t>> free_ports(std::size_t count) {
  std::random_device source;
  std::uniform_int_distribution<unsigned> draw(lowest, first_of_connections() - 1);
  std::vector<std::uint16_t> found;
  for (int tries = 0; found.size() < count && tries < most_tries; ++tries) {
    const auto port = static_cast<std::uint16_t>(draw(source));
    const bool is_new = std::ranges::find(found, port) == found.end();
    if (is_new && is_free(port)) found.push_back(port);
  }
  if (found.size() == count) return found;
  return error{errc::usage, fmt::format("there are no {} free ports on this machine", count)};
}

}  // namespace retort::engine
