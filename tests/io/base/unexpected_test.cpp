#include "io/base/unexpected.hpp"

#include <doctest/doctest.h>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <filesystem>
#include <future>
#include <new>
#include <system_error>

using namespace retort;

namespace {

template <class Exception>
error explained(Exception what) {
  return io::explain(std::make_exception_ptr(std::move(what)));
}

std::error_code of(int number) { return {number, std::generic_category()}; }

std::filesystem::filesystem_error of_file(int number) {
  return {"cannot do", "/a/file", of(number)};
}

void check(const error& got, errc code, const std::string& message) {
  CHECK(static_cast<int>(got.code) == static_cast<int>(code));
  CHECK(got.message == message);
  CHECK_FALSE(got.unsent);
}

}  // namespace

TEST_CASE("what may pass is no bug and no mistake of the person's") {
  check(explained(std::bad_alloc()), errc::disk, "out of memory");
  check(explained(std::bad_array_new_length()), errc::disk, "out of memory");
  check(explained(of_file(ENOSPC)), errc::disk, "/a/file: No space left on device");
  check(explained(of_file(EIO)), errc::disk, "/a/file: Input/output error");
  check(explained(of_file(EMFILE)), errc::disk, "/a/file: Too many open files");
  check(explained(std::system_error(EIO, std::system_category(), "reading")), errc::disk,
        "reading: Input/output error");
}

TEST_CASE("threads that cannot be started say so") {
  check(explained(std::system_error(of(EAGAIN))), errc::disk,
        "no further thread can be started: Resource temporarily unavailable");
}

TEST_CASE("a file that cannot be made where it is to be is named") {
  check(explained(of_file(EACCES)), errc::unwritable, "/a/file: Permission denied");
  check(explained(of_file(ENOTDIR)), errc::unwritable, "/a/file: Not a directory");
}

TEST_CASE("an error of the network's library is explained by its errno like any other") {
  const boost::system::error_code full(ENOSPC, boost::system::system_category());
  CHECK(explained(boost::system::system_error(full)).code == errc::disk);
  const boost::system::error_code denied(EACCES, boost::system::generic_category());
  CHECK(explained(boost::system::system_error(denied)).code == errc::unwritable);
  CHECK(explained(boost::system::system_error(boost::asio::error::eof)).code == errc::bug);
}

TEST_CASE("anything else is called a bug, in one line that ends somewhere") {
  check(explained(std::logic_error("impossible")), errc::bug, "a bug in retort: impossible");
  CHECK(explained(std::future_error(std::future_errc::no_state))
            .message.starts_with("a bug in retort: "));
  const error long_one = explained(std::runtime_error("a\nb" + std::string(10'000, 'x')));
  CHECK(long_one.code == errc::bug);
  CHECK(long_one.message.find('\n') == std::string::npos);
  CHECK(long_one.message.size() < 400);
  check(explained(42), errc::bug, "a bug in retort: something that is no exception was thrown");
}
