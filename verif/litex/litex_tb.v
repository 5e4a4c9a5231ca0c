// litex_tb : the emitted test bench on a core behind LiteX, then accesses that the core refuses: seen as err.
// SPDX-License-Identifier: MIT
`default_nettype none

module litex_tb;
  reg [3:0] strobe = 4'b1111;  // of the bench's writes
  gun_core_tb u_bench ();

  localparam [31:0] ID = 32'h00, SHAPE = 32'h18, CONTROL = 32'h20, RATE = 32'h28, ACCESS = 32'h64,
                    NOTHING = 32'h078;

  reg       done;
  reg [1:0] response;
  task access(input writes, input [31:0] at, input [31:0] data, input [3:0] bytes);
    begin
      u_bench.address = at;
      u_bench.write_data = data;
      strobe = bytes;
      u_bench.awvalid = writes;
      u_bench.wvalid = writes;
      u_bench.arvalid = !writes;
      done = 1'b0;
      while (!done) begin
        @(posedge u_bench.clk);
        done = u_bench.bvalid || u_bench.rvalid;
        response = writes ? u_bench.bresp : u_bench.rresp;
        @(negedge u_bench.clk);
        if (u_bench.bvalid || u_bench.rvalid) begin
          u_bench.awvalid = 1'b0;
          u_bench.wvalid = 1'b0;
          u_bench.arvalid = 1'b0;
        end
      end
      strobe = 4'b1111;
    end
  endtask

  task refused(input writes, input [31:0] at, input [31:0] data, input [3:0] bytes);
    begin
      access(writes, at, data, bytes);
      if (response == 2'd0) u_bench.fail("access that was not refused", at, 32'd0);
    end
  endtask

  // After the bench's own checks, the core paused.
  task after;
    begin
      refused(1'b1, ID, 32'd0, 4'b1111);            // read-only
      refused(1'b1, RATE, 32'd3, 4'b0001);          // a byte
      refused(1'b1, NOTHING, 32'd0, 4'b1111);
      refused(1'b0, NOTHING, 32'd0, 4'b1111);
      u_bench.write(CONTROL, 32'd2);                // LEARN, not PAUSE
      refused(1'b0, u_bench.WEIGHTS, 32'd0, 4'b1111);
      refused(1'b1, u_bench.WEIGHTS, 32'd0, 4'b1111);
      u_bench.check_register("ACCESS", ACCESS, 32'd6);
      u_bench.check_register("ID", ID, 32'h454E4752);
      u_bench.check_register("SHAPE", SHAPE, `SHAPE_VALUE);
      u_bench.write(RATE, 32'd5);
      u_bench.check_register("RATE", RATE, 32'd5);
      $display("PASS litex: six refused accesses seen as err");
      $finish;
    end
  endtask
endmodule

`default_nettype wire
