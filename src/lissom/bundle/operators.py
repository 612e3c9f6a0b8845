"""The operators that a graph in a bundle may use.

All are plain arithmetic on tensors. None loops, draws random numbers, opens a file or calls out;
`If` is there because exporters write it, and both of its branches are checked like the graph.
"""

_ONNX = """
    Abs Add And Attention Cast Ceil Clip Concat Constant ConstantOfShape Conv ConvInteger Cos
    CumSum DequantizeLinear Div DynamicQuantizeLinear Einsum Equal Erf Exp Expand Flatten Floor
    Gather GatherElements GatherND Gelu Gemm GlobalAveragePool Greater GreaterOrEqual HardSwish
    Identity If InstanceNormalization IsNaN LayerNormalization LeakyRelu Less LessOrEqual Log
    LogSoftmax MatMul MatMulInteger Max Min Mod Mul Neg Not Or Pad Pow QLinearConv QLinearMatMul
    QuantizeLinear RMSNormalization Range Reciprocal ReduceL2 ReduceMax ReduceMean ReduceMin
    ReduceProd ReduceSum ReduceSumSquare Relu Reshape RotaryEmbedding Round ScatterND Shape
    Sigmoid Sign Sin Size Slice Softmax Softplus Split Sqrt Squeeze Sub Sum Swish Tanh Tile
    Transpose Trilu Unsqueeze Where Xor
"""

_ONNX_RUNTIME = """
    Attention BiasGelu BiasSplitGelu DequantizeLinear DynamicQuantizeMatMul
    EmbedLayerNormalization FastGelu FusedGemm FusedMatMul Gelu GroupQueryAttention
    MatMulInteger16 MatMulIntegerToFloat MatMulNBits MultiHeadAttention PackedAttention
    QAttention QEmbedLayerNormalization QLinearAdd QLinearMul QLinearSigmoid QLinearSoftmax
    QuantizeLinear QuickGelu RotaryEmbedding SimplifiedLayerNormalization SkipLayerNormalization
    SkipSimplifiedLayerNormalization
"""

ALLOWED = {
    "": frozenset(_ONNX.split()),
    "com.microsoft": frozenset(_ONNX_RUNTIME.split()),
}
"""Operators by domain; "ai.onnx" is another way to write the first, empty one."""

DOMAINS = {"": "", "ai.onnx": "", "com.microsoft": "com.microsoft"}
"""Every domain that may be named, and the row of `ALLOWED` that it means."""
