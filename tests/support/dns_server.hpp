// A name server on loopback, over UDP and TCP, that answers every question with the same SRV
// records. Its setters may be called while it is asked.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace retort::test {

struct srv_record {
  std::string target;  // "a.example"; "." for none
  std::uint16_t port = 0, priority = 0;
  std::uint32_t ttl = 0;
};

// A name as DNS writes it, and a record's bytes whose owner is the question's name.
std::string name_bytes(std::string_view name);
std::string record_bytes(const srv_record& of);

// The answer to `question`, a message; `status`: NXDOMAIN is 3.
std::string dns_answer(const std::string& question, const std::vector<srv_record>& records,
                       int status = 0);

class dns_server {
 public:
  explicit dns_server(std::vector<srv_record> records);
  ~dns_server();

  boost::asio::ip::udp::endpoint at() const { return udp_.local_endpoint(); }
  void say(std::vector<srv_record> records, int status = 0);
  void be_silent();
  void cut_short();  // by UDP: "ask again by TCP"
  int asked() const { return asked_; }
  int asked_by_tcp() const { return asked_by_tcp_; }

 private:
  void receive();
  void accept();
  std::string answer(const std::string& question);

  boost::asio::io_context context_{1};
  bool take_port();

  boost::asio::ip::udp::socket udp_;
  boost::asio::ip::tcp::acceptor tcp_;
  boost::asio::ip::udp::endpoint from_;
  std::array<char, 2048> bytes_{};
  std::mutex mutex_;
  std::vector<srv_record> records_;
  int status_ = 0;
  bool is_silent_ = false, is_short_ = false;
  std::atomic<int> asked_{0}, asked_by_tcp_{0};
  std::thread thread_;
};

}  // namespace retort::test
