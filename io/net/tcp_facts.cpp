#include "io/net/tcp_facts.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstring>

namespace retort::io {
namespace {

constexpr std::size_t min_rtt_at = 148;
constexpr std::size_t out_of_order_at = 224;

std::optional<std::uint32_t> fact_at(int socket, std::size_t offset) {
  std::array<char, 512> told;
  socklen_t size = told.size();
  const bool is_told = ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, told.data(), &size) == 0;
  std::uint32_t out = 0;
  if (!is_told || size < offset + sizeof out) return std::nullopt;
  std::memcpy(&out, told.data() + offset, sizeof out);
  return out;
}

}  // namespace

std::optional<std::uint32_t> packets_out_of_order(int socket) {
  return fact_at(socket, out_of_order_at);
}

std::optional<std::chrono::microseconds> round_trip(int socket) {
  const auto us = fact_at(socket, min_rtt_at);
  // The kernel's word for a connection that has measured none yet is the largest number.
  if (!us || *us == ~std::uint32_t{0}) return std::nullopt;
  return std::chrono::microseconds(*us);
}

}  // namespace retort::io
