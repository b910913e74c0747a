#include "tests/support/dns_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace retort::test {
namespace {

namespace asio = boost::asio;
using asio::ip::address_v4;

constexpr std::size_t head = 12;
constexpr int cut_flag = 2, answer_flag = 0x84, can_recurse = 0x80;

std::string number(std::uint32_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i));
  return out;
}

// The end of its name, type and class.
std::size_t end_of_question(const std::string& message) {
  std::size_t at = head;
  while (at < message.size() && message[at] != 0) at += 1 + static_cast<unsigned char>(message[at]);
  return at + 5;
}

}  // namespace

std::string name_bytes(std::string_view name) {
  std::string out;
  while (!name.empty() && name != ".") {
    const std::string_view label = name.substr(0, name.find('.'));
    out += number(static_cast<std::uint32_t>(label.size()), 1);
    out += label;
    name.remove_prefix(std::min(name.size(), label.size() + 1));
  }
  return out + '\0';
}

std::string record_bytes(const srv_record& of) {
  const std::string target = name_bytes(of.target);
  return number(0xc00c, 2) + number(33, 2) + number(1, 2) + number(of.ttl, 4) +
         number(static_cast<std::uint32_t>(6 + target.size()), 2) + number(of.priority, 2) +
         number(0, 2) + number(of.port, 2) + target;
}

std::string dns_answer(const std::string& question, const std::vector<srv_record>& records,
                       int status) {
  std::string out = question.substr(0, 2);
  out += static_cast<char>(answer_flag | (question[2] & 1));
  out += static_cast<char>(can_recurse | status);
  out += number(1, 2) + number(static_cast<std::uint32_t>(records.size()), 2) + number(0, 4);
  out += question.substr(head, end_of_question(question) - head);
  for (const srv_record& one : records) out += record_bytes(one);
  return out;
}

dns_server::dns_server(std::vector<srv_record> records)
    : udp_(context_), tcp_(context_), records_(std::move(records)) {
  while (!take_port()) continue;
  receive();
  accept();
  thread_ = std::thread([this] { context_.run(); });
}

// The same for both; false where another has it of the one kind.
bool dns_server::take_port() {
  tcp_ = {context_, {address_v4::loopback(), 0}};
  udp_ = {context_, asio::ip::udp::v4()};
  boost::system::error_code taken;
  udp_.bind({address_v4::loopback(), tcp_.local_endpoint().port()}, taken);
  return !taken;
}

dns_server::~dns_server() {
  context_.stop();
  thread_.join();
}

void dns_server::say(std::vector<srv_record> records, int status) {
  const std::lock_guard lock(mutex_);
  records_ = std::move(records);
  status_ = status;
}

void dns_server::be_silent() {
  const std::lock_guard lock(mutex_);
  is_silent_ = true;
}

void dns_server::cut_short() {
  const std::lock_guard lock(mutex_);
  is_short_ = true;
}

std::string dns_server::answer(const std::string& question) {
  return dns_answer(question, records_, status_);
}

void dns_server::receive() {
  udp_.async_receive_from(asio::buffer(bytes_), from_, [this](const auto& ec, std::size_t size) {
    if (ec) return;
    {
      const std::lock_guard lock(mutex_);
      ++asked_;
      std::string said = answer(std::string(bytes_.data(), size));
      if (is_short_) {
        said = dns_answer(said, {}, 0);
        said[2] = static_cast<char>(said[2] | cut_flag);
      }
      boost::system::error_code ignored;
      if (!is_silent_) udp_.send_to(asio::buffer(said), from_, 0, ignored);
    }
    receive();
  });
}

void dns_server::accept() {
  tcp_.async_accept([this](const auto& ec, asio::ip::tcp::socket with) {
    if (ec) return;
    boost::system::error_code failed;
    std::array<unsigned char, 2> size{};
    asio::read(with, asio::buffer(size), failed);
    std::string question(static_cast<std::size_t>(size[0] * 256 + size[1]), '\0');
    if (!failed) asio::read(with, asio::buffer(question), failed);
    if (!failed) {
      const std::lock_guard lock(mutex_);
      ++asked_by_tcp_;
      const std::string said = answer(question);
      asio::write(with, asio::buffer(number(static_cast<std::uint32_t>(said.size()), 2) + said),
                  failed);
    }
    accept();
  });
}

}  // namespace retort::test
