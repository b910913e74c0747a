#include "io/base/unexpected.hpp"

#include <fmt/format.h>

#include <boost/system/system_error.hpp>
#include <filesystem>
#include <new>
#include <system_error>

#include "io/base/disk_error.hpp"
#include "io/base/one_line.hpp"

namespace retort::io {
namespace {

constexpr std::size_t shown_bytes = 300;

error of_system(const std::error_code& code, const std::string& what) {
  const bool is_errno =
      code.category() == std::generic_category() || code.category() == std::system_category();
  if (!is_errno) return {errc::bug, "a bug in retort: " + what};
  return {disk_code(code.value(), errc::unwritable), what};
}

// Threads are the only thing of ours that throws a system_error without a path.
std::string words_of(const std::system_error& what) {
  const bool is_thread = what.code() == std::errc::resource_unavailable_try_again;
  return is_thread ? "no further thread can be started: " + what.code().message()
                   : std::string(what.what());
}

}  // namespace

error explain(std::exception_ptr what) {
  try {
    std::rethrow_exception(what);
  } catch (const std::bad_alloc&) {
    return {errc::disk, "out of memory"};
  } catch (const std::filesystem::filesystem_error& problem) {
    return of_system(problem.code(),
                     fmt::format("{}: {}", problem.path1().string(), problem.code().message()));
  } catch (const std::system_error& problem) {
    return of_system(problem.code(), words_of(problem));
  } catch (const boost::system::system_error& problem) {
    return of_system(problem.code(), problem.what());
  } catch (const std::exception& problem) {
    return {errc::bug, "a bug in retort: " + one_line(problem.what(), shown_bytes)};
  } catch (...) {
    return {errc::bug, "a bug in retort: something that is no exception was thrown"};
  }
}

}  // namespace retort::io
