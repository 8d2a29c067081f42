#include "models/kernels/linear.hpp"

#include <dlfcn.h>
#include <utility>

#include <torch/csrc/autograd/custom_function.h>
#include <torch/cuda.h>

namespace saccade::models {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

/// Major compute capability of the CUDA device, or 0. Queries the driver, which LibTorch has loaded if it has CUDA,
/// because the CPU headers of LibTorch do not offer it.
int cuda_capability(int number) {
  using DeviceOf = int (*)(int* device, int number);
  using AttributeOf = int (*)(int* value, int attribute, int device);
  constexpr int kMajorCapability = 75;  // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR
  if (!torch::cuda::is_available()) return 0;
  void* const driver = ::dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL);
  if (driver == nullptr) return 0;
  const auto device_of = reinterpret_cast<DeviceOf>(::dlsym(driver, "cuDeviceGet"));
  const auto attribute_of = reinterpret_cast<AttributeOf>(::dlsym(driver, "cuDeviceGetAttribute"));
  int device = 0, major = 0;
  const bool told = device_of != nullptr && attribute_of != nullptr && device_of(&device, number) == 0 &&
                    attribute_of(&major, kMajorCapability, device) == 0;
  ::dlclose(driver);
  return told ? major : 0;
}

Tensor rounded(const Tensor& x, Precision precision) {
  return precision == Precision::kBfloat16 ? x.to(torch::kBFloat16) : x;
}

/// Converts x [rows, columns] to the type of the other operand. In bfloat16, pads the rows with zeros to a multiple of
/// kRows, because oneDNN compiles and caches a kernel for every shape, up to several gigabytes.
Tensor operand(const Tensor& x, torch::ScalarType type) {
  constexpr std::int64_t kRows = 16;
  if (type != torch::kBFloat16) return x.to(type);
  const std::int64_t rows = x.size(0);
  const std::int64_t padded = (rows + kRows - 1) / kRows * kRows;
  Tensor result = at::empty({padded, x.size(1)}, x.options().dtype(type));
  result.narrow(0, 0, rows).copy_(x);
  if (padded > rows) result.narrow(0, rows, padded - rows).zero_();
  return result;
}

/// Removes the padding of a product and converts it to a type.
Tensor rows_of(const Tensor& product, std::int64_t rows, torch::ScalarType type) {
  return product.narrow(0, 0, rows).to(type);
}

/// A capsule that lets an autograd node own any object.
template <typename T>
struct Holder : torch::CustomClassHolder {
  explicit Holder(std::shared_ptr<T> held) : object(std::move(held)) {}
  std::shared_ptr<T> object;
};

template <typename T>
c10::IValue hold(std::shared_ptr<T> object) {
  return c10::IValue::make_capsule(c10::make_intrusive<Holder<T>>(std::move(object)));
}

template <typename T>
T& held(const c10::IValue& value) {
  return *c10::static_intrusive_pointer_cast<Holder<T>>(value.toCapsule())->object;
}

/// x [n, in] times the transpose of weight [out, in]. Operands are rounded; the result is float32.
struct Product : Function<Product> {
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight, bool bfloat16) {
    const Precision precision = bfloat16 ? Precision::kBfloat16 : Precision::kFloat32;
    const Tensor low_weight = rounded(weight, precision);
    const Tensor low_x = operand(x, low_weight.scalar_type());
    context->save_for_backward({low_x, low_weight});
    context->saved_data["needs_x"] = x.requires_grad();
    return rows_of(at::mm(low_x, low_weight.t()), x.size(0), x.scalar_type());
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor gradient = operand(gradients[0], saved[0].scalar_type());
    Tensor for_x;
    const auto type = gradients[0].scalar_type();
    if (context->saved_data["needs_x"].toBool()) {
      for_x = rows_of(at::mm(gradient, saved[1]), gradients[0].size(0), type);
    }
    return {for_x, at::mm(gradient.t(), saved[0]).to(type), Tensor()};
  }
};

}  // namespace

Precision fastest_precision(torch::Device device) {
  if (device.is_cuda()) {
    constexpr int kFirstWithBfloat16 = 8;  // Ampere
    return cuda_capability(device.has_index() ? device.index() : 0) >= kFirstWithBfloat16 ? Precision::kBfloat16
                                                                                          : Precision::kFloat32;
  }
  if (!device.is_cpu()) return Precision::kFloat32;
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512bf16") && at::globalContext().hasMKLDNN()) return Precision::kBfloat16;
#endif
  return Precision::kFloat32;
}

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias, Precision precision) {
  if (precision == Precision::kFloat32)
    return at::linear(x, weight, bias.defined() ? c10::make_optional(bias) : c10::nullopt);
  auto sizes = x.sizes().vec();
  Tensor y = Product::apply(x.reshape({-1, sizes.back()}), weight, true);
  sizes.back() = weight.size(0);
  if (bias.defined()) y = y + bias;
  return y.view(sizes);
}

/// The operands of all steps, for the weight's gradient.
struct StepLinear::Operands {
  std::vector<Tensor> inputs;     ///< each [rows, in]
  std::vector<Tensor> gradients;  ///< each [rows, out], in the order of the backward pass
};

struct StepRows::Sum {
  Tensor total;
};

namespace {

/// Depends on the weight. Its backward pass runs after those of all steps that took its token.
struct WeightToken : Function<WeightToken> {
  static Tensor forward(AutogradContext* context, const Tensor& weight,
                        const std::shared_ptr<StepLinear::Operands>& operands) {
    context->saved_data["operands"] = hold(operands);
    context->saved_data["type"] = static_cast<std::int64_t>(weight.scalar_type());
    return at::empty({0}, weight.options());
  }

  static variable_list backward(AutogradContext* context, const variable_list& /*nothing*/) {
    auto& operands = held<StepLinear::Operands>(context->saved_data["operands"]);
    if (operands.gradients.empty()) return {Tensor(), Tensor()};
    const auto type = static_cast<torch::ScalarType>(context->saved_data["type"].toInt());
    const Tensor gradient = at::mm(at::cat(operands.gradients).t(), at::cat(operands.inputs)).to(type);
    operands = {};
    return {gradient, Tensor()};
  }
};

struct StepProduct : Function<StepProduct> {
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& /*token*/, const Tensor& weight,
                        const std::shared_ptr<StepLinear::Operands>& operands) {
    const Tensor low_x = operand(x, weight.scalar_type());
    context->save_for_backward({low_x, weight});
    context->saved_data["operands"] = hold(operands);
    return rows_of(at::mm(low_x, weight.t()), x.size(0), x.scalar_type());
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    auto& operands = held<StepLinear::Operands>(context->saved_data["operands"]);
    const Tensor gradient = operand(gradients[0], saved[1].scalar_type());
    operands.inputs.push_back(saved[0]);
    operands.gradients.push_back(gradient);
    const Tensor for_x = rows_of(at::mm(gradient, saved[1]), gradients[0].size(0), gradients[0].scalar_type());
    return {for_x, Tensor(), Tensor(), Tensor()};
  }
};

struct RowsToken : Function<RowsToken> {
  static Tensor forward(AutogradContext* context, const Tensor& rows, const std::shared_ptr<StepRows::Sum>& sum) {
    context->saved_data["sum"] = hold(sum);
    return at::empty({0}, rows.options());
  }

  static variable_list backward(AutogradContext* context, const variable_list& /*nothing*/) {
    return {std::exchange(held<StepRows::Sum>(context->saved_data["sum"]).total, Tensor()), Tensor()};
  }
};

struct FirstRows : Function<FirstRows> {
  static Tensor forward(AutogradContext* context, const Tensor& /*token*/, const Tensor& rows,
                        const std::shared_ptr<StepRows::Sum>& sum, std::int64_t count) {
    context->saved_data["sum"] = hold(sum);
    context->saved_data["sizes"] = rows.sizes().vec();
    return rows.narrow(0, 0, count);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    auto& sum = held<StepRows::Sum>(context->saved_data["sum"]);
    if (!sum.total.defined()) {
      sum.total = at::zeros(context->saved_data["sizes"].toIntVector(), gradients[0].options());
    }
    sum.total.narrow(0, 0, gradients[0].size(0)).add_(gradients[0]);
    return {Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

StepLinear::StepLinear(const Tensor& weight, Precision precision)
    : weight_(rounded(weight.detach(), precision)), operands_(std::make_shared<Operands>()) {
  if (torch::GradMode::is_enabled() && weight.requires_grad()) token_ = WeightToken::apply(weight, operands_);
}

Tensor StepLinear::operator()(const Tensor& x) const {
  if (token_.defined()) return StepProduct::apply(x, token_, weight_, operands_);
  return at::matmul(x.to(weight_.scalar_type()), weight_.t()).to(x.scalar_type());
}

StepRows::StepRows(const Tensor& rows) : rows_(rows), sum_(std::make_shared<Sum>()) {
  if (!torch::GradMode::is_enabled() || !rows.requires_grad()) return;
  token_ = RowsToken::apply(rows, sum_);
  rows_ = rows.detach();
}

Tensor StepRows::first(std::int64_t count) const {
  return token_.defined() ? FirstRows::apply(token_, rows_, sum_, count) : rows_.narrow(0, 0, count);
}

}  // namespace saccade::models
