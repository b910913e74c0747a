#include "engine/run/metrics_outlet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <optional>

namespace retort::engine {
namespace {

// Prometheus looks every 15 seconds where nobody has said otherwise.
constexpr std::chrono::seconds between_writes{5};

// Nothing: a path.
result<std::optional<std::uint16_t>> port_of(const std::string& where) {
  const bool is_number =
      !where.empty() && std::ranges::all_of(where, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) return std::optional<std::uint16_t>();
  std::uint16_t port = 0;
  const auto read = std::from_chars(where.data(), where.data() + where.size(), port);
  if (read.ec == std::errc()) return std::optional(port);
  return error{errc::usage,
               fmt::format("--metrics {}: a port is at most 65535; a file's name ends in "
                           ".prom",
                           where)};
}

// The collector reads no other; and a file of a run is never taken for one.
result<void> check_name(const std::string& path) {
  if (path.ends_with(".prom")) return {};
  return error{
      errc::usage,
      fmt::format("--metrics {}: expected a port, or a file whose name ends in .prom, since "
                  "the textfile collector reads no other",
                  path)};
}

// Whole or not at all for who reads it; a crash of the machine may lose it. Nothing is synced,
// which the loop would have to wait for.
result<void> write_file(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  std::ofstream to(fresh, std::ios::binary | std::ios::trunc);
  if ((to << text).flush() && std::rename(fresh.c_str(), path.c_str()) == 0) return {};
  const int why = errno;
  std::remove(fresh.c_str());
  return error{errc::unwritable,
               fmt::format("--metrics {}: cannot be written: {}", path, std::strerror(why))};
}

}  // namespace

result<std::unique_ptr<metrics_outlet>> metrics_outlet::open(io::executor on,
                                                             const std::string& where,
                                                             std::function<std::string()> text) {
  auto port = port_of(where);
  if (!port) return port.error();
  std::unique_ptr<metrics_outlet> made(new metrics_outlet(on, *port ? "" : where, std::move(text)));
  if (*port) {
    auto page = io::text_page::open(on, **port, made->text_);
    if (!page) return error{page.error().code, "--metrics: " + page.error().message};
    made->page_ = std::move(*page);
    return made;
  }
  auto written = check_name(where);
  if (written) written = write_file(where, made->text_());
  if (!written) return written.error();
  return made;
}

void metrics_outlet::begin() { page_ ? page_->begin() : write_later(); }

std::string metrics_outlet::note() const {
  return "metrics: " + (page_ ? fmt::format("http://127.0.0.1:{}/metrics", page_->port()) : path_);
}

// One that cannot be written now may be the next time; close() tells.
void metrics_outlet::write_later() {
  again_.set(between_writes, [this] {
    (void)write_file(path_, text_());
    write_later();
  });
}

result<void> metrics_outlet::close() {
  again_.cancel();
  if (page_) page_->close();
  if (page_) return {};
  return write_file(path_, text_());
}

}  // namespace retort::engine
