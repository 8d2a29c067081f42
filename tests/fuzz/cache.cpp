#include "core/base/checked_records.hpp"
#include "tests/fuzz/fuzz.hpp"

// The file of a feature cache; the first two bytes say what it is thought to hold.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t count = data[0], record = data[1];
  return saccade::test::fuzz(data + 2, size - 2, [&](const auto& file) {
    saccade::CheckedRecords records(file, count, record);
    std::string content(record, '\0');
    if (records.open() && count > 0 && !records.read(count - 1, content.data())) std::abort();
  });
}
